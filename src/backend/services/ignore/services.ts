import { formatNetwork, isSingle, type Network, splitList } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { type AddressesByJail, type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { invalidParams } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { msg } from '../../kit/message.ts';
import type { BanCache } from '../bans/BanCache.ts';
import type { BanTable } from '../bans/BanTable.ts';
import { addressesByJail, bansText, countBans, unban } from '../bans/unban.ts';
import { refuseTooWide, wideEntries } from '../edit/refuseTooWide.ts';
import { parseAddressList } from '../kit/addressList.ts';
import { audit } from '../kit/audit.ts';
import type { Services } from '../kit/call.ts';
import { within } from '../kit/within.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import type { ignoreChanges } from './change.ts';
import { ignoreRows, type JailsBanning } from './list.ts';

/** Bans that an ignore list makes wrong. */
function bansWithin(
	table: BanTable,
	networks: readonly Network[],
	jail: string | undefined,
): AddressesByJail {
	const ignored = new NetworkSet(networks);
	const rows = Array.from(table.find({ jail }, 'jail', false), (number) => table.row(number));
	return addressesByJail(rows.filter(({ ip }) => ignored.covers(ip)));
}

/** Finds the jails that ban a network; single addresses, of which a list may have many, by one look at the table. */
function bansByAddress(table: BanTable): JailsBanning {
	let byAddress: Map<string, string[]> | null = null;
	const rows = (network?: Network) =>
		Array.from(table.find({ network }, 'jail', false), (row) => table.row(row));
	const grouped = () => {
		const found = new Map<string, string[]>();
		for (const { jail, ip } of rows()) {
			const jails = found.get(ip);
			if (jails) jails.push(jail);
			else found.set(ip, [jail]);
		}
		return found;
	};
	return (network) => {
		if (!isSingle(network)) return [...new Set(rows(network).map(({ jail }) => jail))];
		byAddress ??= grouped();
		return byAddress.get(formatNetwork(network)) ?? [];
	};
}

/** How long the list waits for the bans (milliseconds): what is ignored is read from the files. */
const bansWithinMs = 1000;

export interface IgnoreDeps {
	server: Fail2banServer;
	files: ConfigFiles;
	figures: ServerFigures;
	cache: BanCache;
	changes: ReturnType<typeof ignoreChanges>;
	now: () => number;
	log: Log;
}

export function ignoreServices({
	server,
	files,
	figures,
	cache,
	changes,
	now,
	log,
}: IgnoreDeps): Pick<Services, 'listIgnore' | 'addIgnore' | 'removeIgnore'> {
	async function lift(networks: readonly Network[], jail: string | undefined): Promise<AddressesByJail> {
		const { figures: current, failure } = await figures.read();
		if (!current.running && failure === null) return {};
		return bansWithin(await cache.currentTable(), networks, jail);
	}

	async function banning(): Promise<JailsBanning> {
		let table: BanTable | null = null;
		const reading = cache.table().then(
			(read) => {
				table = read;
			},
			(error: unknown) => {
				// a stopped server bans nobody, and the status tells of one that does not answer
				if (!(error instanceof ServerError)) throw error;
			},
		);
		await within(reading, bansWithinMs);
		return table === null ? () => null : bansByAddress(table);
	}

	return {
		async listIgnore({ params, caller }) {
			const client = params.client ?? caller.clientIp;
			return { data: ignoreRows(files.snapshot(), [client], await banning()) };
		},

		async addIgnore({ params: { ip, jail, comment, unban: lifts, digest, client, force = false }, caller }) {
			const networks = parseAddressList(ip);
			const entries = networks.map(formatNetwork);
			const wide = wideEntries(entries);
			refuseTooWide(wide, 'ip', { root: caller.root, force });
			const { added, ...written } = await changes.add({
				entries,
				jail: jail ?? null,
				comment,
				caller,
				digest,
				client,
				forced: wide.length > 0,
			});
			figures.changed();
			if (!lifts) return { data: { added, removed: 0, unbanned: 0, ...written } };
			const bans = await lift(networks, jail);
			const unbanned = await unban(server, bans, now);
			figures.changed();
			if (countBans(bans) > 0) {
				audit(log, { caller, what: 'unban ignored addresses', from: bansText(bans) });
			}
			return { data: { added, removed: 0, unbanned, ...written } };
		},

		async removeIgnore({ params: { ip, jail, digest, client, force = false }, caller }) {
			const entries = splitList(ip);
			if (entries.length === 0) throw invalidParams({ ip: msg('An address is required.') });
			const { removed, ...written } = await changes.remove({
				entries,
				jail: jail ?? null,
				caller,
				digest,
				client,
				forced: force,
			});
			figures.changed();
			return { data: { added: 0, removed, unbanned: 0, ...written } };
		},
	};
}
