import { formatNetwork, parseNetwork, splitList } from '../../addresses/addresses.ts';
import type { AddressesByJail, Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import type { ChangeDone } from '../../files/ConfigChange.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { msg } from '../../kit/message.ts';
import { refuseTooWide, wideEntries } from '../edit/refuseTooWide.ts';
import { audit } from '../kit/audit.ts';
import type { Services } from '../kit/call.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import type { BanCache } from './BanCache.ts';
import type { BanTable } from './BanTable.ts';
import { addressesByJail, bansText, countBans, unban } from './unban.ts';

interface DeleteBansParams {
	ip?: string;
	cidr?: string;
	jail?: string;
	all?: boolean;
	ignore?: boolean;
}

/** Which bans to lift, and in words for the audit line. */
interface BanChoice {
	what: string;
	jail: string | undefined;
	/** Written forms; null: not chosen by address. */
	addresses: readonly string[] | null;
	/** A network; null: not chosen by one. */
	cidr: string | null;
}

/** Reads the ways to name bans. Throws ApiError 400 unless exactly one is used. */
function banChoice({ ip, cidr, jail, all, ignore }: DeleteBansParams): BanChoice {
	const ways = [ip !== undefined, cidr !== undefined, all === true].filter(Boolean).length;
	if (ways > 1) throw invalidParams({ ip: msg('Use only one of ip, cidr and all.') });
	if (ways === 0 && jail === undefined)
		throw invalidParams({ ip: msg('One of ip, cidr, jail and all is required.') });
	if (ignore && ip === undefined && cidr === undefined) {
		throw invalidParams({ ignore: msg('Only addresses and networks can be ignored.') });
	}
	const where = jail === undefined ? 'all jails' : `jail ${jail}`;
	if (ip !== undefined) {
		const addresses = splitList(ip).map(writtenForm);
		if (addresses.length === 0) throw invalidParams({ ip: msg('An address is required.') });
		return { what: `unban addresses in ${where}`, jail, addresses, cidr: null };
	}
	if (cidr !== undefined) {
		if (!cidr.includes('/') || parseNetwork(cidr) === null)
			throw invalidParams({ cidr: msg('Not a valid CIDR.') });
		return { what: `unban a network in ${where}`, jail, addresses: null, cidr };
	}
	return { what: `unban everything in ${where}`, jail, addresses: null, cidr: null };
}

function writtenForm(entry: string): string {
	const network = parseNetwork(entry);
	return network === null ? entry : formatNetwork(network);
}

/** The chosen bans. Throws ApiError 400 for a word that is neither an address nor banned. */
function chosenBans(table: BanTable, { jail, addresses, cidr }: BanChoice): AddressesByJail {
	const network = cidr === null ? undefined : (parseNetwork(cidr) ?? undefined);
	const wanted = addresses === null ? null : new Set(addresses);
	const found: { jail: string; ip: string }[] = [];
	const seen = new Set<string>();
	for (const number of table.find({ jail, network }, 'jail', false)) {
		const row = table.row(number);
		if (wanted !== null) {
			const written = wanted.has(row.ip) ? row.ip : writtenForm(row.ip);
			if (!wanted.has(written)) continue;
			seen.add(written);
		}
		found.push(row);
	}
	const bad = addresses?.filter((entry) => !seen.has(entry) && parseNetwork(entry) === null) ?? [];
	if (bad.length > 0) {
		throw invalidParams({
			ip: msg('Not a valid IP address: {0}.', bad.map((entry) => `'${entry}'`).join(', ')),
		});
	}
	return addressesByJail(found);
}

/** A ban may be of any text; ignored are literal addresses only. Throws ApiError 400, 409 for a network too wide. */
function ignorable(entries: readonly string[]): string[] {
	const written = entries.map((entry) => {
		const network = parseNetwork(entry);
		if (network === null)
			throw invalidParams({ ignore: msg("'{0}' is not a valid address, so it cannot be ignored.", entry) });
		return formatNetwork(network);
	});
	refuseTooWide(wideEntries(written), 'ignore', { force: false });
	return written;
}

/** More bans than this are lifted in a task, because each may take its action 20 ms. */
const taskAbove = 200;

export interface DeleteBansDeps {
	server: Fail2banServer;
	cache: BanCache;
	figures: ServerFigures;
	/** Puts the lifted addresses on the ignore list; the comments of entries that are there stay. */
	addIgnored: (request: {
		entries: readonly string[];
		jail: string | null;
		comment?: string | undefined;
		caller: Caller;
	}) => Promise<{ added: number } & Pick<ChangeDone, 'pending' | 'provisional'>>;
	now: () => number;
	log: Log;
}

export function deleteBansService(deps: DeleteBansDeps): Services['deleteBans'] {
	const { cache, figures, addIgnored } = deps;
	return async ({ params, caller }) => {
		const choice = banChoice(params);
		const { jail } = choice;
		const table = await cache.currentTable();
		if (jail !== undefined) {
			const { figures: now } = await figures.read();
			if (!now.jails.some((row) => row.jail === jail)) {
				throw new ApiError(404, 'no-jail', msg("Jail '{0}' is not running.", jail));
			}
		}
		const bans = chosenBans(table, choice);
		let ignored = 0;
		if (params.ignore) {
			// first, or a log line read meanwhile would ban them again
			const entries = ignorable(choice.cidr === null ? (choice.addresses ?? []) : [choice.cidr]);
			ignored = (await addIgnored({ entries, jail: jail ?? null, comment: 'unbanned', caller })).added;
		}
		const count = countBans(bans);
		if (count > taskAbove) return { task: unbanTask(deps, caller, choice.what, bans) };
		const unbanned = await lift(deps, caller, choice.what, bans);
		return { data: { unbanned, ignored } };
	};
}

async function lift(
	{ server, figures, now, log }: DeleteBansDeps,
	caller: Caller,
	what: string,
	bans: AddressesByJail,
	progress: Parameters<typeof unban>[3] = {},
): Promise<number> {
	try {
		return await unban(server, bans, now, progress);
	} finally {
		figures.changed();
		const from = bansText(bans);
		if (from !== '') audit(log, { caller, what, from });
	}
}

/** A line at most this often (milliseconds). */
const lineEveryMs = 2000;

function unbanTask(deps: DeleteBansDeps, caller: Caller, what: string, bans: AddressesByJail): Task {
	return {
		async run(line, signal) {
			const count = countBans(bans);
			line(`unban ${count} addresses, a few at a time`);
			let told = deps.now();
			const onChunk = (sent: number) => {
				if (deps.now() - told < lineEveryMs) return;
				told = deps.now();
				line(`${sent} of ${count}`);
			};
			const lifted = await lift(deps, caller, what, bans, { onChunk, signal });
			if (signal.aborted) throw new Error(`stopped, ${lifted} of ${count} bans are lifted`);
			line(`${lifted} bans are lifted`);
		},
	};
}
