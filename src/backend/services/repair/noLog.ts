import type { ResolvedOption, ResolvedSetting } from '../../config/layers.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { withoutLog } from '../../files/judgeChange.ts';
import { enumerate, type Message, msg, verbatim } from '../../kit/message.ts';
import { relative } from '../kit/relativePath.ts';

/** Why a jail has no log, from the values that hold and those that they beat. */
export interface NoLog {
	jail: string;
	/** The value of `backend` that counts; undefined: fail2ban's own. */
	winner: ResolvedOption | undefined;
	/** A value that would read the journal, if it were not beaten. */
	loser: ResolvedSetting | null;
	/** The files that it looks for. */
	paths: string[];
}

/** Jails that follow files of which none exists, as `-d` says: fail2ban refuses to start for them. */
export function jailsWithoutLog(
	{ jails }: ConfigSnapshot,
	dumped: ReadonlyMap<string, JailCommands>,
): NoLog[] {
	return [...dumped.values()].filter(withoutLog).map(({ jail }) => {
		const winner = jails.option(jail, 'backend');
		const loser = winner?.overrides.find(({ value }) => value?.startsWith('systemd')) ?? null;
		const paths = (jails.option(jail, 'logpath')?.value ?? '').split('\n').map((path) => path.trim());
		return { jail, winner, loser, paths: paths.filter((path) => path !== '') };
	});
}

/** `jail.local:282`. */
export function placeText({ root }: ConfigSnapshot, { file, line }: { file: string; line: number }): string {
	return `${relative(root, file)}:${line}`;
}

/** `backend = %(sshd_backend)s, which is auto`. */
export function valueText(option: string, { raw, value }: { raw: string; value: string | null }): Message {
	const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, ' ');
	const written = `${option} = ${oneLine(raw)}`;
	if (value === null || value.trim() === raw.trim()) return verbatim(written);
	// TRANSLATORS: an option as it is written, and what it comes to, e.g. "backend = %(sshd_backend)s, which is auto"
	return msg('{0}, which is {1}', written, oneLine(value));
}

/** One sentence: which value overrides which, and what is missing then. */
export function noLogText(snapshot: ConfigSnapshot, { jail, winner, loser, paths }: NoLog): Message {
	// TRANSLATORS: a part of "jail 'sshd' has no log: …"
	const missing =
		paths.length === 0
			? msg('it has no logpath')
			: msg('there is no log file {0}', enumerate(paths, 2, 'or'));
	if (winner === undefined)
		// TRANSLATORS: {1}: "there is no log file /var/log/auth.log" or "it has no logpath"
		return msg("jail '{0}' has no log: {1}, and fail2ban's default is backend = auto.", jail, missing);
	const [own, at] = [valueText('backend', winner), placeText(snapshot, winner)];
	if (loser === null)
		// TRANSLATORS: {1}: "there is no log file …", {2}: file and line, {3}: option and value
		return msg("jail '{0}' has no log: {1}, and {2} sets {3}.", jail, missing, at, own);
	return msg(
		// TRANSLATORS: {1}, {3}: file and line, {2}, {4}: option and value, {5}: "there is no log file …"
		"jail '{0}' has no log: {1} ({2}) overrides {3} ({4}), and {5}.",
		jail,
		at,
		own,
		placeText(snapshot, loser),
		valueText('backend', loser),
		missing,
	);
}
