import type { BanOfJail } from '../../../contract/types.ts';
import { formatNetwork, isSingle, type Network, parseNetwork } from '../../addresses/addresses.ts';
import { addressSpans } from '../../addresses/addressSpans.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { parseTime } from '../../config/time.ts';
import type { AddressEvents } from '../../fail2ban/addressEvent.ts';
import { type BanRecord, type BanRecords, noRecords } from '../../fail2ban/banRecords.ts';
import { ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { BannedAddress, IsEnforced } from '../../fail2ban/firewall.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import type { Services } from '../kit/call.ts';
import { within } from '../kit/within.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import type { BanCache } from './BanCache.ts';
import type { BanTable, TableBan } from './BanTable.ts';
import { banHistory } from './history.ts';
import { banRow } from './list.ts';

export interface BanDetailDeps {
	cache: BanCache;
	figures: ServerFigures;
	files: Pick<ConfigFiles, 'snapshot'>;
	isEnforced: IsEnforced;
	/** What the database has of an address. */
	banRecords: (database: string, address: string) => Promise<BanRecords>;
	/** What fail2ban's log says of an address, by its logtarget. */
	addressEvents: (logtarget: string, address: string) => Promise<AddressEvents>;
	now: () => number;
	log: Log;
}

/** How long the answer waits for the firewall (milliseconds): the caller shows the rest. */
const firewallWithinMs = 2500;

/** A failed ban is told to belong to its record if they begin within this (seconds): the server rounds. */
const sameBanSeconds = 2;

function bansOf(table: BanTable, address: string, network: Network | null): TableBan[] {
	const found = network === null ? { part: address } : { network };
	return Array.from(table.find(found, 'jail', false), (row) => table.row(row)).filter(({ ip }) => {
		if (network === null) return ip === address;
		const parsed = parseNetwork(ip);
		return parsed !== null && formatNetwork(parsed) === address;
	});
}

/** The jail's ban with the lines that led to it, as far as its record is the one of this very ban. */
function told(
	ban: TableBan,
	record: BanRecord | undefined,
	{ address, syslog, now }: { address: string; syslog: boolean; now: number },
): Omit<BanOfJail, 'enforced' | 'last-failure'> {
	const { jail, since, until, bantime, remaining, count } = banRow(ban, now);
	const known = record !== undefined && Math.abs(record.since - since) <= sameBanSeconds ? record : undefined;
	const lines = (known?.matches ?? []).map((text) => ({ text, spans: addressSpans(text, address) }));
	return {
		jail,
		since,
		until,
		bantime,
		remaining,
		count,
		failures: known?.failures ?? null,
		lines: syslog ? lines : null,
	};
}

/** A path holds no slash, so that of a network is written as `_`; what bans names may hold one of its own. */
function slashed(ip: string): string {
	const network = ip.replace(/_(?=\d{1,3}$)/, '/');
	return parseNetwork(network) === null ? ip : network;
}

export function getBanService(deps: BanDetailDeps): Services['getBan'] {
	const { cache, figures, isEnforced, log } = deps;

	async function enforced(jail: string, address: BannedAddress | null): Promise<boolean | null> {
		if (address === null) return null;
		let answer: boolean | null = null;
		const asking = isEnforced(jail, address).then(
			(held) => {
				answer = held;
			},
			(error: unknown) => {
				// it stays unknown; a server that is busy is shown by the status
				if (!(error instanceof ServerError)) log.warning(`The firewall could not be asked: ${String(error)}`);
			},
		);
		await within(asking, firewallWithinMs);
		return answer;
	}

	async function logged(logtarget: string | null, address: string): Promise<AddressEvents> {
		try {
			if (logtarget !== null) return await deps.addressEvents(logtarget, address);
		} catch (error) {
			// the log may be gone, or be none that we read; the database still has something to tell
			if (!(error instanceof ApiError)) log.warning(`fail2ban's log could not be read: ${String(error)}`);
		}
		return { events: [], complete: false };
	}

	/** Unix seconds of the newest failure that still counts; null: none. */
	function lastFailure(jail: string, { events }: AddressEvents, now: number): number | null {
		const found = configuredJails(deps.files.snapshot()).find((one) => one.jail === jail);
		const findtime = parseTime(found?.findtime ?? '') ?? Number(jailDefaults.findtime);
		const failed = events.filter((one) => one.jail === jail && one.event === 'found');
		const newest = Math.max(...failed.map(({ time }) => time));
		return newest > now - findtime ? newest : null;
	}

	return async ({ params, caller }) => {
		const ip = slashed(params.ip);
		const network = parseNetwork(ip);
		const address = network === null ? ip : formatNetwork(network);
		const { figures: current } = await figures.read();
		const { dbfile, logtarget } = current;
		const [table, records, events] = await Promise.all([
			cache.table(),
			dbfile === null ? noRecords : deps.banRecords(dbfile, address),
			logged(logtarget, address),
		]);
		const asked: BannedAddress | null = network && {
			text: address,
			family: network.family,
			single: isSingle(network),
		};
		const bans = bansOf(table, address, network);
		const now = Math.floor(deps.now() / 1000);
		const jails = await Promise.all(
			bans.map(async (ban): Promise<BanOfJail> => {
				const record = records.latest.find(({ jail }) => jail === ban.jail);
				const known = told(ban, record, { address, syslog: caller.syslog, now });
				const failed = lastFailure(ban.jail, events, now);
				return { ...known, 'last-failure': failed, enforced: await enforced(ban.jail, asked) };
			}),
		);
		const { complete } = events;
		return { data: { ip: address, jails, history: banHistory(records, events), complete } };
	};
}
