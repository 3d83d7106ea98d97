import { logLevels, serverSettings } from '../../contract/settings.ts';
import { type Message, msg } from '../kit/message.ts';
import type { MayEdit } from './optionRules.ts';
import { parseTime, TIME_RULE } from './time.ts';

const permissions = new Map(serverSettings.map(({ name, permission }) => [name, permission]));

/** A name that cannot lead out of /var/log, nor be read by fail2ban as `target[option=value]`. */
const logFile = /^\/var\/log\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.log$/;

const rules: Record<string, (text: string) => Message | null> = {
	loglevel: (text) =>
		(logLevels as readonly string[]).includes(text) ? null : msg('Use one of {0}.', logLevels.join(', ')),
	logtarget: (text) =>
		text === 'SYSLOG' || text === 'SYSOUT' || logFile.test(text)
			? null
			: msg('Use SYSLOG, SYSOUT or a file /var/log/NAME.log.'),
	// fail2ban evaluates it as Python, so the grammar holds for root too
	dbpurgeage: (text) => {
		const seconds = parseTime(text);
		if (seconds === null || seconds < 0) return TIME_RULE;
		return seconds === 0 ? msg('With 0 fail2ban would forget every ban immediately.') : null;
	},
	dbmaxmatches: (text) =>
		/^(0|[1-9]\d{0,3})$/.test(text) && Number(text) <= 1000
			? null
			: msg('Must be a whole number from {0} to {1}.', 0, 1000),
};

/**
 * Whether an option of the server may have this value. Returns null, or the rule that it breaks. It does
 * not look at the disk: whether a log file is a symbolic link is found out elsewhere.
 */
export function checkSetting(name: string, value: string | number, caller: MayEdit): Message | null {
	const permission = permissions.get(name);
	if (permission === undefined) return msg("There is no server option '{0}'.", name);
	if (permission === 'never') return msg('This option can only be changed in its file.');
	if (permission === 'root' && !caller.root) return msg('Only root@pam may set this option.');
	return rules[name]?.(String(value)) ?? null;
}
