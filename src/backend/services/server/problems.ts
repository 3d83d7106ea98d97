import type { Problem } from '../../../contract/types.ts';
import { type Message, msg, told } from '../../kit/message.ts';
import { escapeRegExp } from '../../kit/patterns.ts';
import { type Comparison, lostActions } from './ConfigCheck.ts';

export interface ProblemSources {
	running: boolean;
	/** The server did not answer in time. */
	silent: boolean;
	/** Jails that the configuration enables, and those that run. */
	enabled: readonly string[];
	jails: readonly string[];
	check: Comparison | null;
	/** What fail2ban cannot read of its files, with their names. */
	files: readonly Message[];
}

/** What is wrong with the server and its jails, errors first. */
export function problemsOf({ running, silent, enabled, jails, check, files }: ProblemSources): Problem[] {
	const errors = check?.errors ?? [];
	const found: Problem[] = [];
	if (silent) {
		found.push(error('no-answer', msg('fail2ban does not answer; a slow action may keep it busy.')));
	} else if (!running) {
		const reason = errors.at(-1);
		found.push(
			error(
				'not-running',
				reason ? msg('fail2ban is not running: {0}', reason) : msg('fail2ban is not running.'),
			),
		);
	}
	const stopped = running && !silent ? enabled.filter((jail) => !jails.includes(jail)) : [];
	for (const jail of stopped) {
		const reason = stopReason(jail, errors);
		const text =
			reason === null
				? msg("Jail '{0}' is not running.", jail)
				: msg("Jail '{0}' is not running: {1}", jail, reason);
		found.push({ ...error('jail-stopped', text), jail });
	}
	for (const difference of (running && check?.differences) || []) {
		if (!lostActions(difference)) continue;
		const { jail } = difference;
		const text = msg(
			"Jail '{0}' runs without its actions, so its bans are not enforced. Restart fail2ban.",
			jail,
		);
		found.push({ ...error('jail-not-enforcing', text), jail });
	}
	// a file that is named below says the same with its line
	if (check?.fault && files.length === 0) {
		found.push(error('config-unreadable', msg('fail2ban cannot read its configuration: {0}', check.fault)));
	}
	for (const message of files) {
		found.push(error('file-unreadable', message));
	}
	return found;
}

function error(id: string, text: Message): Problem {
	return told({ id, severity: 'error' as const, text });
}

/** fail2ban's own words on a jail, if it said any. */
export function stopReason(jail: string, errors: readonly string[]): string | null {
	const named = errors.find((line) => new RegExp(`(^|[^\\w-])${escapeRegExp(jail)}($|[^\\w-])`).test(line));
	return named ?? null;
}
