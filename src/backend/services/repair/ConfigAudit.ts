import type { AnswerOf } from '../../../contract/kit/endpoint.ts';
import type { getRepair } from '../../../contract/repair.ts';
import { joinPath } from '../../config/paths.ts';
import { unifiedDiff } from '../../config/unifiedDiff.ts';
import type { Fail2banCommands } from '../../fail2ban/Fail2banCommands.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { dumpedJails } from '../../files/jailCommands.ts';
import type { Judgement } from '../../files/judgeChange.ts';
import type { Caller } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import { enumerate, type Message, msg, msgN, sentences, told, toldText } from '../../kit/message.ts';
import type { PackagedFiles } from '../../runs/packagedFiles.ts';
import { type CheckResult, issue } from '../checks/Check.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import type { FileSources } from '../files/list.ts';
import type { FilterCatalog } from '../filters/services.ts';
import { readFault } from '../server/ConfigCheck.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { copiedDefaults } from './copiedDefaults.ts';
import { type FilterCopy, filterCopies, logsAsSshdSession } from './filterCopies.ts';
import {
	type AuditInput,
	copiedFilterFindings,
	copyFindings,
	fileFindings,
	ignoreFindings,
	type RepairFinding,
	sourceFindings,
	startFindings,
	strictFindings,
	testErrors,
} from './findings.ts';
import { jailsWithoutLog } from './noLog.ts';
import { planRepair, type RepairSources, rootOnlyRepair } from './plan.ts';

export interface AuditDeps extends FileSources {
	files: ConfigFiles;
	commands: Pick<Fail2banCommands, 'test' | 'dump'>;
	figures: Pick<ServerFigures, 'read'>;
	/** What fail2ban makes of a change. */
	tryChange: (snapshot: ConfigSnapshot, planned: PlannedChange) => Promise<{ after: Judgement }>;
	filters: Pick<FilterCatalog, 'detailOf'>;
	packagedFiles: PackagedFiles;
	/** Why the journal cannot be read; null: it can. */
	journalFault: () => Promise<Message | null>;
	/** The last words of fail2ban.service, if it failed. */
	unitError: () => Promise<string | null>;
	/** fail2ban's version; null: it cannot be learned now. */
	fail2banVersion: () => Promise<string | null>;
	/** What must never be banned. */
	protectedAddresses: () => Promise<{ address: string; what: string | Message }[]>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	/** Unix milliseconds. */
	now: () => number;
}

type Answer = AnswerOf<typeof getRepair>;

const order: Record<RepairFinding['state'], number> = { critical: 0, warning: 1, info: 2 };

/** A configuration that was made by hand: what is wrong with it and why, and its repair. */
export class ConfigAudit {
	#checked: { key: string; finding: Promise<CheckResult | null> } | null = null;

	constructor(private readonly deps: AuditDeps) {}

	async input(): Promise<AuditInput> {
		const { commands, files, figures, journalFault, unitError } = this.deps;
		const snapshot = files.snapshot();
		const [test, dumped, reading, journal] = await Promise.all([
			commands.test(snapshot.root),
			commands.dump(snapshot.root).then(
				(dump) => ({ jails: dumpedJails(dump).jails, fault: null }),
				(error: unknown) => ({ jails: null, fault: readFault(error) }),
			),
			figures.read(),
			journalFault(),
		]);
		const { running } = reading.figures;
		const errors = testErrors(test);
		return {
			snapshot,
			dumped: dumped.jails,
			errors: errors.length === 0 && dumped.fault !== null ? [dumped.fault] : errors,
			running,
			unitError: running ? null : await unitError(),
			journalFault: journal,
		};
	}

	/** For the list of checks, which asks often: fail2ban's programs run only when something changed. */
	async check(): Promise<CheckResult | null> {
		const { files, folder, figures, journalFault } = this.deps;
		const reading = await figures.read();
		const journal = (await journalFault()) === null;
		const key = JSON.stringify([files.snapshot().digest, folder.stamp(), reading.figures.running, journal]);
		if (this.#checked?.key !== key) {
			const checked = { key, finding: this.#check() };
			this.#checked = checked;
			checked.finding.catch(() => {
				// the next call tries again
				if (this.#checked === checked) this.#checked = null;
			});
		}
		return (this.#checked as { finding: Promise<CheckResult | null> }).finding;
	}

	async #check(): Promise<CheckResult | null> {
		const input = await this.input();
		const { snapshot, dumped, journalFault } = input;
		const [start] = startFindings(input);
		const stamp = { added: 0, user: '' };
		const sources = { dumped, journal: journalFault === null, copies: [], shipped: new Map(), stamp };
		const needed = planRepair(snapshot, sources).edits.length > 0;
		const remedy = needed
			? msg('Repair Configuration fixes it, and shows first what it changes.')
			: (start?.hint ?? null);
		if (start !== undefined) return issue('critical', start.text, remedy, 'repair');
		if (!needed) return null;
		const [copy] = copyFindings(snapshot, copiedDefaults(snapshot), new Set());
		const text =
			copy === undefined
				? msg('A jail uses a filter made by hand, by which a user name can get any address banned.')
				: copy.text;
		return issue('warning', text, remedy, 'repair');
	}

	copies(snapshot: ConfigSnapshot): FilterCopy[] {
		return filterCopies(this.deps, snapshot);
	}

	/** Everything that is worth knowing, worst first. */
	async findings(input: AuditInput, client: string | null): Promise<RepairFinding[]> {
		const { snapshot } = input;
		const blind = new Set(jailsWithoutLog(snapshot, input.dumped ?? new Map()).map(({ jail }) => jail));
		const sessions = logsAsSshdSession(await this.deps.fail2banVersion());
		const own = ['127.0.0.1', '::1', ...this.deps.ownAddresses()];
		const found = [
			...fileFindings(snapshot),
			...startFindings(input),
			...sourceFindings(input),
			...copyFindings(snapshot, copiedDefaults(snapshot), blind),
			...copiedFilterFindings(snapshot, this.copies(snapshot), sessions),
			...(await this.#weakFilters(snapshot)),
			...strictFindings(snapshot),
			...ignoreFindings(
				snapshot,
				client !== null && own.includes(client) ? null : client,
				await this.deps.protectedAddresses(),
			),
		];
		return found.sort((one, other) => order[one.state] - order[other.state]);
	}

	/** What the prover says against filters that were made or changed by hand. */
	async #weakFilters(snapshot: ConfigSnapshot): Promise<RepairFinding[]> {
		const copies = this.copies(snapshot).filter(({ jails }) => jails.length > 0);
		const found = await Promise.all(
			copies.map(async ({ filter, jails, kind }): Promise<RepairFinding[]> => {
				const { warnings, options } = await this.deps.filters.detailOf(filter, false);
				const [worst] = warnings ?? [];
				if (worst === undefined) return [];
				const names = enumerate(jails.map((jail) => `'${jail}'`));
				const text = msgN(
					jails.length,
					"Filter '{1}' of jail {2}: {3}",
					"Filter '{1}' of jails {2}: {3}",
					filter,
					names,
					toldText(worst),
				);
				const { address } = worst;
				const proof = address === null ? [] : [msg('Such a line gets {0} banned.', address)];
				return [
					{
						id: 'weak-filter',
						// the package's own text may have the same weakness
						state: kind === 'own-file' && worst.kind !== 'slow' ? 'critical' : 'warning',
						jail: jails[0] ?? null,
						text: sentences([text, ...proof]),
						hint: null,
						file: options[worst.option]?.file ?? null,
						line: options[worst.option]?.line ?? null,
					},
				];
			}),
		);
		return found.flat();
	}

	async sources(input: AuditInput, copies: boolean, caller: Caller): Promise<RepairSources> {
		const found = copies ? this.copies(input.snapshot) : [];
		const wanted = found.flatMap(({ file, replaces, md5 }) =>
			md5 === null ? [] : [{ file, package: replaces, md5 }],
		);
		const bytes =
			wanted.length === 0 ? new Map<string, Buffer>() : await this.deps.packagedFiles(wanted, caller.root);
		// what is written is a text, so one that is none cannot be brought back byte for byte
		const texts = [...bytes].map(([file, all]) => ({ file, all, text: all.toString('utf8') }));
		const sound = texts.filter(({ all, text }) => Buffer.from(text, 'utf8').equals(all));
		return {
			dumped: input.dumped,
			journal: input.journalFault === null,
			copies: found,
			shipped: new Map(sound.map(({ file, text }) => [file, text])),
			stamp: { added: Math.floor(this.deps.now() / 1000), user: caller.user },
		};
	}

	async answer(copies: boolean, client: string | null, caller: Caller): Promise<Answer> {
		const input = await this.input();
		const { snapshot } = input;
		const sources = await this.sources(input, copies, caller);
		const planned = planOrFault(snapshot, sources);
		const edits = 'fault' in planned ? [] : planned.edits;
		const [findings, trial, reading] = await Promise.all([
			this.findings(input, client),
			'fault' in planned ? { problems: [planned.fault], jails: [] } : this.#trial(input, planned),
			this.deps.figures.read(),
		]);
		const now = new Set(reading.figures.jails.map(({ jail }) => jail));
		const files = edits.map(({ file, text }) => {
			const before = snapshot.source.read(joinPath(snapshot.root, file)) ?? null;
			const state = before === null ? 'created' : text === null ? 'removed' : 'changed';
			return { file, state, diff: caller.root ? unifiedDiff(file, before, text) : null } as const;
		});
		const kept = sources.copies.filter(({ file, md5 }) => md5 !== null && !sources.shipped.has(file));
		const problems = [...trial.problems, ...(kept.length === 0 ? [] : [whyNotReplaced(kept)])];
		return told({
			findings: findings.map((finding) => told(finding)),
			files,
			copies: this.copies(snapshot).map(({ file, kind, replaces }) => ({ file, kind, replaces })),
			starts: edits.length === 0 ? [] : trial.jails.filter((jail) => !now.has(jail)).sort(),
			needed: edits.some(({ conf }) => conf === undefined),
			root: rootOnlyRepair(snapshot, edits).length > 0,
			digest: snapshot.digest,
			problem: problems.length > 0 ? sentences(problems) : null,
		});
	}

	/** What fail2ban would make of it; a problem of today that stays is told as well. */
	async #trial(input: AuditInput, planned: PlannedChange): Promise<{ problems: Message[]; jails: string[] }> {
		const today = configuredJails(input.snapshot).flatMap(({ jail, enabled }) => (enabled ? [jail] : []));
		if (planned.edits.length === 0) return { problems: [], jails: today };
		try {
			const { after } = await this.deps.tryChange(input.snapshot, planned);
			const left = testErrors(after.test).at(-1);
			const problems = left === undefined ? [] : [msg('fail2ban would still refuse to start: {0}.', left)];
			return { problems, jails: [...after.dumped.jails.keys()] };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { problems: [error.text], jails: today };
		}
	}
}

function planOrFault(snapshot: ConfigSnapshot, sources: RepairSources): PlannedChange | { fault: Message } {
	try {
		return planRepair(snapshot, sources);
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return { fault: error.text };
	}
}

function whyNotReplaced(kept: readonly FilterCopy[]): Message {
	const packages = [...new Set(kept.map(({ replaces }) => replaces))].join(' ');
	return msgN(
		kept.length,
		// TRANSLATORS: {1}: file, {2}: package, {3}: command
		'The original of {1} (package {2}) is not on this node and could not be downloaded, so the file stays. To restore it by hand, remove the file and run: {3}',
		'The originals of {1} (package {2}) are not on this node and could not be downloaded, so the files stay. To restore them by hand, remove the files and run: {3}',
		enumerate(kept.map(({ file }) => file)),
		packages,
		`apt-get install --reinstall -o Dpkg::Options::=--force-confmiss ${packages}`,
	);
}
