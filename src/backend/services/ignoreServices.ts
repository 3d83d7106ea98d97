import { ApiError } from '../errors.ts';
import type { Fail2banServer } from '../fail2ban/Fail2banServer.ts';
import type { ConfigFiles } from '../files/ConfigFiles.ts';
import type { Log } from '../log.ts';
import {
	contains,
	formatNetwork,
	type Network,
	parseNetwork,
	splitList,
	tooWideToIgnore,
} from './addresses.ts';
import { audit } from './audit.ts';
import type { BanCache } from './banCache.ts';
import { parseAddressList } from './bansCreate.ts';
import type { BanTable } from './banTable.ts';
import type { Services } from './call.ts';
import type { ignoreChanges } from './ignoreChange.ts';
import { ignoreRows } from './ignoreList.ts';
import type { ServerFigures } from './serverFigures.ts';
import { type BansByJail, countBans, unban } from './unban.ts';

/** Bans that an ignore list makes wrong. */
export function bansWithin(
	table: BanTable,
	networks: readonly Network[],
	jail: string | undefined,
): BansByJail {
	const found = new Map<string, string[]>();
	for (const number of table.find({ jail }, 'jail', false)) {
		const row = table.row(number);
		const ban = parseNetwork(row.ip);
		if (ban === null || !networks.some((network) => contains(network, ban))) continue;
		const list = found.get(row.jail);
		if (list) list.push(row.ip);
		else found.set(row.jail, [row.ip]);
	}
	return found;
}

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
	async function lift(networks: readonly Network[], jail: string | undefined): Promise<BansByJail> {
		const { figures: current, failure } = await figures.read();
		if (!current.running && failure === null) return new Map();
		return bansWithin(await cache.currentTable(), networks, jail);
	}

	return {
		async listIgnore({ params, caller }) {
			return { data: ignoreRows(files.snapshot(), [params.client ?? caller.clientIp]) };
		},

		async addIgnore({ params: { ip, jail, comment, unban: lifts, digest, force = false }, caller }) {
			const networks = parseAddressList(ip);
			const wide = networks.filter(tooWideToIgnore).map(formatNetwork);
			if (wide.length > 0 && !force) {
				const message = `Nobody from ${wide.join(', ')} could ever be banned.`;
				throw new ApiError(409, 'too-wide', message, { ip: message });
			}
			const entries = networks.map(formatNetwork);
			const { added, pending } = await changes.add({
				entries,
				jail: jail ?? null,
				comment,
				caller,
				digest,
				forced: force && wide.length > 0,
			});
			figures.changed();
			if (!lifts) return { data: { added, removed: 0, unbanned: 0, pending } };
			const bans = await lift(networks, jail);
			const unbanned = await unban(server, bans, now);
			figures.changed();
			if (countBans(bans) > 0) {
				const from = [...bans].map(([name, addresses]) => `${name}: ${addresses.join(' ')}`).join('; ');
				audit(log, { caller, what: 'unban ignored addresses', from });
			}
			return { data: { added, removed: 0, unbanned, pending } };
		},

		async removeIgnore({ params: { ip, jail, digest, force = false }, caller }) {
			const entries = splitList(ip);
			if (entries.length === 0)
				throw new ApiError(400, 'invalid', 'ip: No address given.', { ip: 'No address given.' });
			const { removed, pending } = await changes.remove({
				entries,
				jail: jail ?? null,
				caller,
				digest,
				forced: force,
			});
			figures.changed();
			return { data: { added: 0, removed, unbanned: 0, pending } };
		},
	};
}
