import type { JailPreview } from '../../../contract/types.ts';
import { parseAddress } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ApplyStep } from '../../files/applyPlan.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { reasonText } from '../../kit/errors.ts';
import { limited } from '../../kit/limited.ts';
import { type Message, msg } from '../../kit/message.ts';
import { type PreviewBans, PreviewError, type PreviewReport } from '../../runs/previewJail.ts';
import { callerAddresses } from '../../system/callerAddresses.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';
import { bansDifferently, bantimeOf, countsBans } from './banTightening.ts';
import { type Entry, ignoresAll, type PreviewOf, previewTask } from './previewTask.ts';

export interface PreviewDeps {
	server: Fail2banServer;
	previewBans: PreviewBans;
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	/** The database that a server would use that does not run now; null: none. */
	configuredDatabase: () => string | null;
}

/** Who asks: their addresses as the API module and the browser's own question found them. */
export type Clients = readonly (string | null | undefined)[];

/** What is the same for all jails of one change. */
export interface Surroundings {
	running: ReadonlySet<string>;
	database: string | null;
	system: readonly SystemAddress[];
	own: readonly string[];
	/** The caller's; empty: not known. */
	caller: readonly string[];
}

interface PreviewedAddress extends Omit<JailPreview['addresses'][number], 'what' | 'messages'> {
	what: Message | null;
}

export interface PreviewedJail extends Omit<JailPreview, 'addresses' | 'problem' | 'messages'> {
	addresses: PreviewedAddress[];
	problem: Message | null;
	jail: string;
	maxretry: number;
	/** The bans that it has are set again by other actions, which may close what is open now. */
	bansDifferently: boolean;
	/** See countsBans. */
	countsBans: boolean;
}

export interface JailChange {
	before: JailCommands | undefined;
	after: JailCommands;
	entry: Entry;
}

/** Addresses of one answer. */
const maxAddresses = 500;

/** Previews at the same time: each takes a processor. */
const parallel = 3;

/** How a jail comes to its new options, by the steps that are planned; a jail without one comes at the next start. */
export function entryOf(
	jail: string,
	running: ReadonlySet<string>,
	steps: readonly ApplyStep[],
	{ before, after }: { before: JailCommands | undefined; after: JailCommands },
): Entry {
	if (!running.has(jail) || before === undefined) return 'start';
	if (steps.some((step) => step.jail === jail && step.kind === 'restart')) return 'restart';
	// a log that is new to the jail is read from now - findtime on, as at a start
	return after.logpaths.some((file) => !before.logpaths.includes(file)) ? 'restart' : 'reload';
}

/** Predicts which addresses jails would ban, from their own logs, by fail2ban's own classes. */
export class JailPreviews {
	readonly #deps: PreviewDeps;

	constructor(deps: PreviewDeps) {
		this.#deps = deps;
	}

	/**
	 * Asks the server once. It may be stopped; one that does not answer throws ServerError.
	 * @param hangs it is known not to answer, and is taken for stopped
	 */
	async surroundings(clients: Clients, hangs = false): Promise<Surroundings> {
		const { server, systemAddresses, ownAddresses, configuredDatabase } = this.#deps;
		const system = await systemAddresses();
		const rest = { system, own: ownAddresses(), caller: callerAddresses(clients, system) };
		if (hangs) return { ...rest, running: new Set(), database: configuredDatabase() };
		try {
			const [running, file] = await Promise.all([server.jails(), server.command(['get', 'dbfile'])]);
			const database = typeof file === 'string' && file !== 'None' ? file : null;
			return { ...rest, running: new Set(running), database };
		} catch (error) {
			if (!(error instanceof ServerError) || error.code !== 'not-running') throw error;
			return { ...rest, running: new Set(), database: configuredDatabase() };
		}
	}

	/**
	 * Several jails, some at a time. A jail of which nothing can be said has a `problem`.
	 * @param seconds for all of them
	 */
	async previewAll(
		jails: readonly JailChange[],
		around: Surroundings,
		options: { seconds: number; below?: readonly string[] | null },
	): Promise<PreviewedJail[]> {
		const end = performance.now() + options.seconds * 1000;
		const places = limited(parallel);
		return Promise.all(
			jails.map((jail) =>
				places.run(() =>
					this.preview(jail, around, { ...options, seconds: (end - performance.now()) / 1000 }),
				),
			),
		);
	}

	async preview(
		jail: JailChange,
		around: Surroundings,
		{ seconds, below = null }: { seconds: number; below?: readonly string[] | null },
	): Promise<PreviewedJail> {
		const { before, after, entry } = jail;
		const { database, system, own, caller } = around;
		const base = {
			jail: after.jail,
			bansDifferently: before !== undefined && bansDifferently(before, after),
			countsBans: countsBans(after),
			maxretry: Number(after.settings.get('maxretry') ?? 0),
			ignored: ignoresAll(after, own, caller),
			'at-once': entry !== 'reload',
		};
		const watch = [...caller, ...system.map(({ address }) => address)];
		const of: PreviewOf = { ...jail, database, own, watch, below };
		try {
			if (seconds <= 0) throw new PreviewError(msg('There was no time to read its log.'));
			const task = previewTask(of);
			const [report, banned] = await Promise.all([
				this.#deps.previewBans(task, seconds),
				this.#banned(after.jail, around),
			]);
			return {
				...base,
				...this.#evaluated(report, banned, around),
				maxretry: task.maxretry,
				bantime: task.bantime,
			};
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return { ...base, ...nothing, bantime: safeBantime(after), problem: reasonText(error) };
		}
	}

	async #banned(jail: string, { running }: Surroundings): Promise<ReadonlySet<string>> {
		if (!running.has(jail)) return new Set();
		return new Set((await this.#deps.server.bans(jail)).map(({ ip }) => ip));
	}

	#evaluated(
		report: PreviewReport,
		banned: ReadonlySet<string>,
		{ system, caller }: Surroundings,
	): Omit<
		PreviewedJail,
		'jail' | 'maxretry' | 'ignored' | 'at-once' | 'bantime' | 'bansDifferently' | 'countsBans'
	> {
		const guarded = [
			...caller.map((address) => ({ network: parseAddress(address), what: null })),
			...system.map(({ address, what }) => ({ network: parseAddress(address), what })),
		];
		/** Who must not be banned, by a ban that may be one of a network. */
		const met = (ip: string) => {
			const ban = new NetworkSet([ip]);
			const found = guarded.filter(({ network }) => ban.covers(network));
			return {
				own: found.some(({ what }) => what === null),
				what: found.find(({ what }) => what !== null)?.what ?? null,
			};
		};
		const previewed = report.hits.map(([ip, failures]) => ({
			ip,
			failures,
			...met(ip),
			banned: banned.has(ip),
		}));
		const known = new Set(previewed.map(({ ip }) => ip));
		// they are named also if the jail holds their ban already
		const held = [...banned]
			.filter((ip) => !known.has(ip))
			.map((ip) => ({ ip, failures: 0, ...met(ip), banned: true }))
			.filter(({ own, what }) => own || what !== null);
		const rows = [...previewed, ...held];
		const rank = (row: (typeof rows)[number]) => (row.own ? 0 : row.what !== null ? 1 : row.banned ? 3 : 2);
		rows.sort((one, other) => rank(one) - rank(other) || other.failures - one.failures);
		const unseen = report.total - report.hits.length;
		return {
			addresses: rows.slice(0, maxAddresses),
			total: rows.filter((row) => !row.banned).length + unseen,
			since: report.since,
			lines: report.lines,
			truncated: report.stopped !== null,
			problem:
				report.names.length === 0
					? null
					: msg(
							'Host names are not looked up, so their failures are left out: {0}.',
							report.names.join(', '),
						),
		};
	}
}

const nothing = { addresses: [], total: 0, since: 0, lines: 0, truncated: true };

function safeBantime(commands: JailCommands): number {
	try {
		return bantimeOf(commands);
	} catch {
		return 0; // the problem of the preview says why
	}
}
