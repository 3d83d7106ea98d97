import type { ResolvedOption, ResolvedSetting } from '../../config/layers.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { withoutLog } from '../../files/judgeChange.ts';
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
export function valueText(option: string, { raw, value }: { raw: string; value: string | null }): string {
	const written = raw.trim().replace(/\s*\n\s*/g, ' ');
	const same = value === null || value.trim() === raw.trim();
	return `${option} = ${written}${same ? '' : `, which is ${value.trim().replace(/\s*\n\s*/g, ' ')}`}`;
}

/** One sentence: which value wins over which, and what is missing then. */
export function noLogText(snapshot: ConfigSnapshot, { jail, winner, loser, paths }: NoLog): string {
	const missing =
		paths.length === 0
			? 'it names no log file'
			: `there is no log file ${paths.slice(0, 2).join(' or ')}${paths.length > 2 ? ' …' : ''}`;
	const own = winner === undefined ? 'backend = auto' : valueText('backend', winner);
	if (winner === undefined || loser === null) {
		const where = winner === undefined ? 'fail2ban’s default' : placeText(snapshot, winner);
		return `Jail '${jail}' has no log: ${missing}, and ${where} says ${own}.`;
	}
	return (
		`Jail '${jail}' has no log: ${placeText(snapshot, winner)} (${own}) wins over ` +
		`${placeText(snapshot, loser)} (${valueText('backend', loser)}), and ${missing}.`
	);
}
