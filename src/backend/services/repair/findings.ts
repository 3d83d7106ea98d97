import type { AnswerOf } from '../../../contract/kit/endpoint.ts';
import type { getRepair } from '../../../contract/repair.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { parseTime } from '../../config/time.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { errorLines, withoutLog } from '../../files/judgeChange.ts';
import { durationWords, timeWords } from '../../kit/durations.ts';
import { enumerate, type Message } from '../../kit/message.ts';
import { type ConfiguredJail, configuredJails } from '../edit/configuredJails.ts';
import { entryWords } from '../edit/ignoreLines.ts';
import { relative } from '../kit/relativePath.ts';
import { maskSecrets } from '../kit/secrets.ts';
import type { CopiedDefaults } from './copiedDefaults.ts';
import { type FilterCopy, knowsSshdSession } from './filterCopies.ts';
import { jailsWithoutLog, type NoLog, noLogText, placeText, valueText } from './noLog.ts';

export type RepairFinding = AnswerOf<typeof getRepair>['findings'][number];

const nowhere = { jail: null, hint: null, file: null, line: null };

/** What fail2ban makes of the files, and whether it runs. */
export interface AuditInput {
	snapshot: ConfigSnapshot;
	/** null: `-d` could not read the files. */
	dumped: ReadonlyMap<string, JailCommands> | null;
	/** What `-t` said against them; empty: nothing. */
	errors: readonly string[];
	running: boolean;
	/** The last words of fail2ban.service in the journal, if it failed. */
	unitError: string | null;
	/** Why the journal cannot be read; null: it can. */
	journalFault: string | null;
}

function place({ root }: ConfigSnapshot, at: { file: string; line: number } | undefined) {
	return at === undefined ? { file: null, line: null } : { file: relative(root, at.file), line: at.line };
}

function alsoText(snapshot: ConfigSnapshot, { jail, winner, loser }: NoLog): string {
	const where = winner && loser ? ` (${placeText(snapshot, winner)} over ${placeText(snapshot, loser)})` : '';
	return `'${jail}'${where}`;
}

/** fail2ban refuses to start, or would: with the values that are to blame, or fail2ban's own words. */
export function startFindings(input: AuditInput): RepairFinding[] {
	const { snapshot, dumped, errors, running, unitError } = input;
	const blind = jailsWithoutLog(snapshot, dumped ?? new Map());
	const [first, ...others] = blind;
	const lead = running ? 'fail2ban runs, but would refuse to start again' : 'fail2ban refuses to start';
	if (first === undefined) {
		const said = errors.at(-1)?.replace(/^Failed during configuration: /, '') ?? (running ? null : unitError);
		if (said === null || said === undefined) return [];
		return [{ ...nowhere, id: 'refuses-start', state: 'critical', text: `${lead}: ${said}` }];
	}
	const rest =
		others.length === 0
			? ''
			: ` The same in jail ${enumerate(others.map((one) => alsoText(snapshot, one)))}.`;
	const hint =
		input.journalFault === null
			? 'The repair lets these jails read the journal.'
			: `The journal cannot be read either: ${input.journalFault}`;
	const text = `${lead}: ${noLogText(snapshot, first).replace(/^J/, 'j')}${rest}`;
	return [
		{ id: 'refuses-start', state: 'critical', jail: null, text, hint, ...place(snapshot, first.winner) },
	];
}

/** Whether the value that wins comes to another one than what it beats. */
function differs({ jails }: ConfigSnapshot, jail: string, option: string): boolean {
	const found = jails.option(jail, option);
	return found?.value?.trim() !== found?.overrides[0]?.value?.trim();
}

/** A jail.local that is a copy of jail.conf: what it freezes, and which values of jail.d it beats. */
export function copyFindings(
	snapshot: ConfigSnapshot,
	copy: CopiedDefaults | null,
	blind: ReadonlySet<string>,
): RepairFinding[] {
	if (copy === null) return [];
	const others = copy.total - copy.copied;
	const rest = others === 0 ? '' : `, and ${others} ${others === 1 ? 'is' : 'are'} not`;
	const summary: RepairFinding = {
		id: 'copied-defaults',
		state: 'warning',
		jail: null,
		text:
			`jail.local is a copy of jail.conf: ${copy.copied} of its values are jail.conf's own${rest}. ` +
			'The copy keeps out what upgrades bring, and is read after jail.d/*.conf, so it wins over the jails there.',
		hint: 'The repair leaves only what differs.',
		file: 'jail.local',
		line: null,
	};
	const enabled = new Set(configuredJails(snapshot).flatMap((jail) => (jail.enabled ? [jail.jail] : [])));
	const overridden = copy.overridden.filter(
		({ section, option }) =>
			enabled.has(section) &&
			// a jail without a log is told about by itself
			!(option === 'backend' && blind.has(section)) &&
			differs(snapshot, section, option),
	);
	return [
		summary,
		...overridden.map(({ section, option, winner, loser }): RepairFinding => {
			const shown = (setting: typeof winner) =>
				valueText(option, { raw: maskSecrets(option, setting.raw), value: null });
			return {
				id: 'beaten-value',
				state: 'info',
				jail: section,
				text:
					`${placeText(snapshot, loser)} (${shown(loser)}) does not count for jail '${section}': ` +
					`${placeText(snapshot, winner)} (${shown(winner)}) is read later and wins.`,
				hint: 'With the repair the value of jail.d counts.',
				...place(snapshot, winner),
			};
		}),
	];
}

const missesAll = 'It misses every failed log-in: sshd of this release writes its lines as sshd-session.';
const mayMissAll =
	'It misses every failed log-in if sshd writes its lines as sshd-session. Whether it does so here is not known, ' +
	"because fail2ban's version is not.";

/**
 * Filters that were copied by hand.
 * @param sessions sshd logs as sshd-session here; null: not known
 */
export function copiedFilterFindings(
	snapshot: ConfigSnapshot,
	copies: readonly FilterCopy[],
	sessions: boolean | null,
): RepairFinding[] {
	return copies.map(({ file, filter, kind, replaces, jails }): RepairFinding => {
		const base = { id: 'copied-filter', jail: jails[0] ?? null, file, line: null };
		if (kind === 'own-file')
			return {
				...base,
				state: 'warning',
				text: `${file} was made by hand; no package keeps it up to date.`,
				hint: `The repair uses the filter ${replaces} instead, which pve-fail2ban keeps up to date.`,
			};
		const blind = filter === 'sshd' && sessions !== false && !knowsSshdSession(snapshot);
		const text = `${file} is not what the package ${replaces} ships, so upgrades no longer reach it.`;
		return {
			...base,
			state: blind && sessions ? 'critical' : 'warning',
			text: blind ? `${text} ${sessions ? missesAll : mayMissAll}` : text,
			hint: `With "Also remove the copied filters" the repair brings back the text of ${replaces}.`,
		};
	});
}

/** How soon and for how long the jails ban. */
export function strictFindings(snapshot: ConfigSnapshot): RepairFinding[] {
	const strict = configuredJails(snapshot).filter(
		({ enabled, maxretry }) => enabled && Number(maxretry) <= 1,
	);
	return strict.map(({ jail, bantime, findtime }): RepairFinding => {
		const [ban, find] = [parseTime(bantime), parseTime(findtime)];
		const long = ban === null ? '' : ` ${durationWords(ban)}`;
		const back = find === null || find < 86_400 ? '' : ` Failures of the last ${timeWords(find)} count.`;
		return {
			id: 'one-mistake',
			state: 'warning',
			jail,
			text: `One wrong password bans${long} in jail '${jail}' (maxretry = 1).${back}`,
			hint: 'The value stays. Edit: Jail, or Set Up Protection, offers milder ones.',
			...place(snapshot, snapshot.jails.option(jail, 'maxretry')),
		};
	});
}

function ignores({ jails }: ConfigSnapshot, jail: string, address: string): boolean {
	return new NetworkSet(entryWords(jails.option(jail, 'ignoreip')?.value ?? '')).covers(address);
}

/** Addresses that could be banned to the admin's harm, and ignore lists that single jails have. */
export function ignoreFindings(
	snapshot: ConfigSnapshot,
	client: string | null,
	protectedAddresses: readonly { address: string; what: string | Message }[],
): RepairFinding[] {
	const enabled = configuredJails(snapshot).filter((jail) => jail.enabled);
	const open = (address: string) => enabled.filter(({ jail }) => !ignores(snapshot, jail, address));
	const names = (jails: readonly ConfiguredJail[]) => enumerate(jails.map(({ jail }) => `'${jail}'`));
	const found: RepairFinding[] = [];
	const own = client !== null && parseNetwork(client) !== null ? open(client) : [];
	if (own.length > 0)
		found.push({
			...nowhere,
			id: 'client-not-ignored',
			state: 'warning',
			text: `Your address ${client} can be banned by ${names(own)}: it is not on the ignore list.`,
			hint: 'Add it on the Ignore List card.',
		});
	const nodes = protectedAddresses.filter(({ address }) => open(address).length > 0);
	if (nodes.length > 0)
		found.push({
			...nowhere,
			id: 'nodes-not-ignored',
			state: 'warning',
			text: `Could be banned: ${enumerate(nodes.map(({ address, what }) => `${address} (${what})`))}.`,
			hint: 'Add them on the Ignore List card, for all jails.',
		});
	for (const { jail } of enabled) {
		const option = snapshot.jails.option(jail, 'ignoreip');
		if (option === undefined || option.section !== jail) continue;
		found.push({
			id: 'own-ignoreip',
			state: 'info',
			jail,
			text: `Jail '${jail}' has an ignore list of its own, so the one of [DEFAULT] does not count for it.`,
			hint: null,
			...place(snapshot, option),
		});
	}
	return found;
}

/** Where the jails read: a journal that cannot be read, files that rsyslog writes. */
export function sourceFindings({ snapshot, dumped, journalFault }: AuditInput): RepairFinding[] {
	const jails = [...(dumped?.values() ?? [])];
	const at = (jail: string) => place(snapshot, snapshot.jails.option(jail, 'backend'));
	return jails.flatMap((commands): RepairFinding[] => {
		const { jail, backend, logpaths } = commands;
		if (backend.startsWith('systemd')) {
			if (journalFault === null) return [];
			const text = `Jail '${jail}' reads the journal, which cannot be read: ${journalFault}`;
			return [{ id: 'no-journal', state: 'critical', jail, text, hint: null, ...at(jail) }];
		}
		if (withoutLog(commands) || !logpaths.some((path) => /\/(?:auth|secure|syslog|daemon)/.test(path)))
			return [];
		const text = `Jail '${jail}' reads ${enumerate(logpaths.map((path) => path))}, which rsyslog writes.`;
		return [
			{ id: 'reads-file', state: 'info', jail, text, hint: 'It works so, and stays as it is.', ...at(jail) },
		];
	});
}

/** Files that fail2ban cannot read. */
export function fileFindings({ jails, root }: ConfigSnapshot): RepairFinding[] {
	return jails.problems.map(
		({ file, line, message, fatal }): RepairFinding => ({
			id: 'unreadable',
			state: fatal ? 'critical' : 'warning',
			jail: null,
			text: `${relative(root, file)}${line === null ? '' : `:${line}`}: ${message}`,
			hint: 'Correct it by hand, or in Options, Configuration Files.',
			file: relative(root, file),
			line,
		}),
	);
}

/** fail2ban's words against the files, from a failed `-t`. */
export function testErrors({
	exit,
	stdout,
	stderr,
}: {
	exit: number | null;
	stdout: string;
	stderr: string;
}): string[] {
	return exit === 0 ? [] : errorLines(`${stdout}\n${stderr}`);
}
