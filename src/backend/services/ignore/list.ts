import type { IgnoreRow } from '../../../contract/types.ts';
import { contains, type Network, parseAddress, parseNetwork } from '../../addresses/addresses.ts';
import { placeDefault, placeOption } from '../../config/placement.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { entryKey, readEntries } from '../edit/ignoreLines.ts';
import { type IgnorePlace, type IgnoreScope, ignorePlace } from './plan.ts';

/** The jails that ban addresses of a network now; null: not known. */
export type JailsBanning = (network: Network) => readonly string[] | null;

/**
 * The entries of [DEFAULT] and of the jails with a list of their own. What such a jail repeats of [DEFAULT] is
 * told once, as it counts for all jails.
 * @param clients addresses of the caller
 */
export function ignoreRows(
	snapshot: ConfigSnapshot,
	clients: readonly (string | null | undefined)[],
	jailsBanning: JailsBanning = () => null,
): IgnoreRow[] {
	const config = new EditedConfig(snapshot);
	const own = clients.flatMap((client) => (client ? (parseAddress(client) ?? []) : []));
	const rowsOf = (scope: IgnoreScope) => scopeRows(config, scope, own, jailsBanning);
	const lists = ownLists(config);
	const everywhere = rowsOf(null).map((row) => {
		const without = lists.filter(({ keys }) => !keys.has(entryKey(row.ip)));
		return {
			...row,
			except: without.filter(({ enabled }) => enabled).map(({ jail }) => jail),
			banned: row.banned?.filter((name) => !without.some(({ jail }) => jail === name)) ?? null,
		};
	});
	const known = new Set(everywhere.map(({ ip }) => entryKey(ip)));
	const jails = snapshot.jails.jails().flatMap(rowsOf);
	return [...everywhere, ...jails.filter(({ ip }) => !known.has(entryKey(ip)))];
}

/** The jails with a list of their own, which beats the one of [DEFAULT]. */
function ownLists(config: EditedConfig): { jail: string; enabled: boolean; keys: Set<string> }[] {
	const { jails } = config;
	return jails.jails().flatMap((jail) => {
		const place = ignorePlace(config, jail);
		if (place === null || place.section === 'DEFAULT') return [];
		const enabled = isTrue(jails.option(jail, 'enabled')?.value);
		return [{ jail, enabled, keys: new Set(place.effective.map(entryKey)) }];
	});
}

function scopeRows(
	config: EditedConfig,
	jail: IgnoreScope,
	clients: readonly Network[],
	jailsBanning: JailsBanning,
): IgnoreRow[] {
	const place = ignorePlace(config, jail);
	if (place === null || (jail !== null && place.section === 'DEFAULT')) return [];
	const effective = new Set(place.effective.map(entryKey));
	// what an interpolation brings stands on no line of its own
	const written = readEntries(place.lines).filter(({ text }) => effective.has(entryKey(text)));
	const keys = new Set(written.map(({ text }) => entryKey(text)));
	const brought = [...new Set(place.effective)].filter((text) => !keys.has(entryKey(text)));
	const entries = [...written, ...brought.map((text) => ({ text, comment: '', added: null, user: null }))];
	const fixedPlace = whyFixed(config, jail, place);
	return entries.map(({ text, comment, added, user }): IgnoreRow => {
		const network = parseNetwork(text);
		const covers = network !== null && clients.some((client) => contains(network, client));
		const bannedBy = network === null ? [] : jailsBanning(network);
		const banned = bannedBy?.filter((name) => jail === null || name === jail) ?? null;
		const fixed = network === null ? 'form' : keys.has(entryKey(text)) ? fixedPlace : 'interpolated';
		const { file, line } = place;
		const id = `${jail ?? ''}/${text}`;
		return { id, ip: text, jail, comment, added, user, file, line, covers, except: [], banned, fixed };
	});
}

/** Why no entry of the place can be changed; null if they can. */
function whyFixed(config: EditedConfig, jail: IgnoreScope, { file }: IgnorePlace): IgnoreRow['fixed'] {
	if (!file.endsWith('.local')) return 'package';
	const { jails, snapshot } = config;
	const target =
		jail === null
			? placeDefault(jails, snapshot.root, 'ignoreip')
			: placeOption(jails, snapshot.root, jail, 'ignoreip');
	return 'blockedBy' in target ? 'overridden' : null;
}
