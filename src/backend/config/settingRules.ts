import { logLevels, serverSettings } from '../../contract/settings.ts';
import type { MayEdit } from './optionRules.ts';
import { parseTime, TIME_RULE } from './time.ts';

const permissions = new Map(serverSettings.map(({ name, permission }) => [name, permission]));

/** A name that cannot lead out of /var/log, nor be read by fail2ban as `target[option=value]`. */
const logFile = /^\/var\/log\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.log$/;

const rules: Record<string, (text: string) => string | null> = {
	loglevel: (text) =>
		(logLevels as readonly string[]).includes(text) ? null : `Use one of ${logLevels.join(', ')}.`,
	logtarget: (text) =>
		text === 'SYSLOG' || text === 'SYSOUT' || logFile.test(text)
			? null
			: 'Use SYSLOG, SYSOUT, or a file /var/log/NAME.log.',
	// fail2ban evaluates it as Python, so the grammar holds for root too
	dbpurgeage: (text) => {
		const seconds = parseTime(text);
		if (seconds === null || seconds < 0) return TIME_RULE;
		return seconds === 0 ? 'With 0 fail2ban would forget every ban at once.' : null;
	},
	dbmaxmatches: (text) =>
		/^(0|[1-9]\d{0,3})$/.test(text) && Number(text) <= 1000 ? null : 'Use a whole number from 0 to 1000.',
};

/**
 * Whether an option of the server may have this value. Answers null, or the rule that it breaks as one sentence. It
 * does not look at the disk: whether a log file is a symbolic link is found out elsewhere.
 */
export function checkSetting(name: string, value: string | number, caller: MayEdit): string | null {
	const permission = permissions.get(name);
	if (permission === undefined) return `The server has no option ${JSON.stringify(name)}.`;
	if (permission === 'never') return 'This option is only shown.';
	if (permission === 'root' && !caller.root) return 'Only root@pam may set this option.';
	return rules[name]?.(String(value)) ?? null;
}
