import type { AnswerOf } from '../../../contract/kit/endpoint.ts';
import type { getRepair } from '../../../contract/repair.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { parseTime } from '../../config/time.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { errorLines, withoutLog } from '../../files/judgeChange.ts';
import { durationWords, timeWords } from '../../kit/durations.ts';
import { enumerate, type Message, msg, msgN, sentences } from '../../kit/message.ts';
import { type ConfiguredJail, configuredJails } from '../edit/configuredJails.ts';
import { entryWords } from '../edit/ignoreLines.ts';
import { relative } from '../kit/relativePath.ts';
import { maskSecrets } from '../kit/secrets.ts';
import type { CopiedDefaults } from './copiedDefaults.ts';
import { type FilterCopy, knowsSshdSession } from './filterCopies.ts';
import { jailsWithoutLog, type NoLog, noLogText, placeText, valueText } from './noLog.ts';

type Row = AnswerOf<typeof getRepair>['findings'][number];

/** A finding before it is told. */
export type RepairFinding = Omit<Row, 'text' | 'hint' | 'messages'> & { text: Message; hint: Message | null };

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
	journalFault: Message | null;
}

function place({ root }: ConfigSnapshot, at: { file: string; line: number } | undefined) {
	return at === undefined ? { file: null, line: null } : { file: relative(root, at.file), line: at.line };
}

function alsoText(snapshot: ConfigSnapshot, { jail, winner, loser }: NoLog): string | Message {
	if (!winner || !loser) return `'${jail}'`;
	// TRANSLATORS: {0}: jail, {1}, {2}: file and line
	return msg("'{0}' ({1} overrides {2})", jail, placeText(snapshot, winner), placeText(snapshot, loser));
}

/** fail2ban refuses to start, or would: with the values that are to blame, or fail2ban's own words. */
export function startFindings(input: AuditInput): RepairFinding[] {
	const { snapshot, dumped, errors, running, unitError } = input;
	const blind = jailsWithoutLog(snapshot, dumped ?? new Map());
	const [first, ...others] = blind;
	const refuses = (why: string | Message) =>
		running
			? msg('fail2ban is running, but would refuse to start again: {0}', why)
			: msg('fail2ban refuses to start: {0}', why);
	if (first === undefined) {
		const said = errors.at(-1) ?? (running ? null : unitError);
		if (said === null || said === undefined) return [];
		return [{ ...nowhere, id: 'refuses-start', state: 'critical', text: refuses(said) }];
	}
	const list = enumerate(others.map((one) => alsoText(snapshot, one)));
	const rest = msgN(others.length, 'The same applies to jail {1}.', 'The same applies to jails {1}.', list);
	const hint =
		input.journalFault === null
			? msgN(
					blind.length,
					'The repair makes this jail read the journal.',
					'The repair makes these jails read the journal.',
				)
			: msg('The journal cannot be read either: {0}', input.journalFault);
	const text = sentences([refuses(noLogText(snapshot, first)), ...(others.length > 0 ? [rest] : [])]);
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
	const summary: RepairFinding = {
		id: 'copied-defaults',
		state: 'warning',
		jail: null,
		text: sentences([
			msg('jail.local is a copy of jail.conf: {0} of its {1} values are the same.', copy.copied, copy.total),
			msg('It hides what upgrades change, and overrides jail.d/*.conf, because it is read later.'),
		]),
		hint: msg('The repair keeps only what differs.'),
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
				text: msg(
					// TRANSLATORS: {0}, {3}: file and line, {1}, {4}: option and value
					"{0} ({1}) has no effect in jail '{2}': {3} ({4}) is read later and overrides it.",
					placeText(snapshot, loser),
					shown(loser),
					section,
					placeText(snapshot, winner),
					shown(winner),
				),
				hint: msg('It takes effect after the repair.'),
				...place(snapshot, winner),
			};
		}),
	];
}

const missesAll = msg('It misses every failed log-in, because sshd logs as sshd-session on this release.');
const mayMissAll = msg(
	"It misses every failed log-in if sshd logs as sshd-session, as it does on Debian 13; fail2ban's version is not known.",
);

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
				text: msg('{0} was made by hand; no package keeps it up to date.', file),
				hint: msg('The repair uses the filter {0} instead, which pve-fail2ban keeps up to date.', replaces),
			};
		const blind = filter === 'sshd' && sessions !== false && !knowsSshdSession(snapshot);
		const text = msg(
			'{0} is not what the package {1} ships, so upgrades no longer reach it.',
			file,
			replaces,
		);
		return {
			...base,
			state: blind && sessions ? 'critical' : 'warning',
			text: blind ? sentences([text, sessions ? missesAll : mayMissAll]) : text,
			hint: msg(
				// TRANSLATORS: {0}: "Also remove the copied filters"
				'With "{0}", the repair restores the text of package {1}.',
				msg('Also remove the copied filters'),
				replaces,
			),
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
		const bans =
			ban === null
				? msg("One wrong password bans in jail '{0}' (maxretry = 1).", jail)
				: // TRANSLATORS: {0}: "for 30 days" or "permanently"
					msg("One wrong password bans {0} in jail '{1}' (maxretry = 1).", durationWords(ban), jail);
		// TRANSLATORS: {0}: a time such as "7 days"
		const back = find === null || find < 86_400 ? [] : [msg('Failures count for {0}.', timeWords(find))];
		return {
			id: 'one-mistake',
			state: 'warning',
			jail,
			text: sentences([bans, ...back]),
			hint: msg('The repair leaves this value. To raise it, edit the jail or use Set Up Protection.'),
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
			text: msg(
				'Your address {0} can be banned by {1}: it is not on the ignore list.',
				client ?? '',
				names(own),
			),
			hint: msg('Use Add My Address on the Ignore List card.'),
		});
	const nodes = protectedAddresses.filter(({ address }) => open(address).length > 0);
	if (nodes.length > 0)
		found.push({
			...nowhere,
			id: 'nodes-not-ignored',
			state: 'warning',
			text: msg(
				'Could be banned: {0}.',
				enumerate(nodes.map(({ address, what }) => msg('{0} ({1})', address, what))),
			),
			hint: msg('Add them to the ignore list, for all jails.'),
		});
	for (const { jail } of enabled) {
		const option = snapshot.jails.option(jail, 'ignoreip');
		if (option === undefined || option.section !== jail) continue;
		found.push({
			id: 'own-ignoreip',
			state: 'info',
			jail,
			text: msg("Jail '{0}' has its own ignore list, so the one of [DEFAULT] does not apply to it.", jail),
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
			const text = msg("Jail '{0}' cannot read the journal: {1}", jail, journalFault);
			return [{ id: 'no-journal', state: 'critical', jail, text, hint: null, ...at(jail) }];
		}
		if (withoutLog(commands) || !logpaths.some((path) => /\/(?:auth|secure|syslog|daemon)/.test(path)))
			return [];
		const text = msg("Jail '{0}' reads {1}, which rsyslog writes.", jail, enumerate(logpaths));
		return [
			{
				id: 'reads-file',
				state: 'info',
				jail,
				text,
				hint: msg('This works and is left unchanged.'),
				...at(jail),
			},
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
			text: msg('{0}: {1}', `${relative(root, file)}${line === null ? '' : `:${line}`}`, message),
			hint: msg('Correct it in Options > Configuration Files.'),
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
