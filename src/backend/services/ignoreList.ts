import type { IgnoreRow } from '../../contract/types.ts';
import type { ConfigSnapshot } from '../files/ConfigFiles.ts';
import { contains, type Network, parseAddress, parseNetwork } from './addresses.ts';
import { EditedConfig } from './EditedConfig.ts';
import { entryKey, readEntries } from './ignoreLines.ts';
import { type IgnoreScope, ignorePlace } from './ignorePlan.ts';

/**
 * The entries of [DEFAULT] and of the jails with a list of their own. What such a jail repeats of [DEFAULT] is
 * told once, as it counts for all jails.
 * @param clients addresses of the caller
 */
export function ignoreRows(
	snapshot: ConfigSnapshot,
	clients: readonly (string | null | undefined)[],
): IgnoreRow[] {
	const config = new EditedConfig(snapshot);
	const own = clients.flatMap((client) => (client ? (parseAddress(client) ?? []) : []));
	const everywhere = scopeRows(config, null, own);
	const known = new Set(everywhere.map(({ ip }) => entryKey(ip)));
	const jails = snapshot.jails.jails().flatMap((jail) => scopeRows(config, jail, own));
	return [...everywhere, ...jails.filter(({ ip }) => !known.has(entryKey(ip)))];
}

function scopeRows(config: EditedConfig, jail: IgnoreScope, clients: readonly Network[]): IgnoreRow[] {
	const place = ignorePlace(config, jail);
	if (place === null || (jail !== null && place.section === 'DEFAULT')) return [];
	const effective = new Set(place.effective.map(entryKey));
	// what an interpolation brings stands on no line of its own
	const written = readEntries(place.lines).filter(({ text }) => effective.has(entryKey(text)));
	const keys = new Set(written.map(({ text }) => entryKey(text)));
	const brought = [...new Set(place.effective)].filter((text) => !keys.has(entryKey(text)));
	const entries = [...written, ...brought.map((text) => ({ text, comment: '', added: null, user: null }))];
	return entries.map(({ text, comment, added, user }) => {
		const network = parseNetwork(text);
		const covers = network !== null && clients.some((client) => contains(network, client));
		const { file, line } = place;
		return { id: `${jail ?? ''}/${text}`, ip: text, jail, comment, added, user, file, line, covers };
	});
}
