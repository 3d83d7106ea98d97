import { shortDuration } from '../backend/kit/durations.ts';
import type { JailRow, Status } from '../contract/types.ts';
import { type Console, type ExitCode, printable } from './kit/Console.ts';
import type { HelperClient } from './kit/HelperClient.ts';
import { table } from './kit/table.ts';

/** Prints what runs; 1 if fail2ban does not run or has an error. */
export async function showStatus(helper: HelperClient, console: Console, json: boolean): Promise<ExitCode> {
	const [status, jails] = [await helper.call('getStatus', {}), await helper.call('listJails', {})];
	if (!('data' in status) || !('data' in jails)) throw new Error('a reading call answered with a task');
	if (json) console.out(JSON.stringify({ status: status.data, jails: jails.data }, null, '\t'));
	else for (const line of statusLines(status.data, jails.data, Date.now())) console.out(line);
	const failed = status.data.problems.some(({ severity }) => severity === 'error');
	return status.data.running && !failed ? 0 : 1;
}

/** @param now milliseconds since 1970 */
export function statusLines(status: Status, jails: readonly JailRow[], now: number): string[] {
	const lines = [headline(status)];
	if (status.stale !== null) {
		const age = shortDuration(Math.floor(now / 1000) - status.stale);
		lines.push(`fail2ban does not answer; these figures are ${age} old.`);
	}
	if (status.running)
		lines.push(
			`${status.jails} of ${status['enabled-jails']} enabled jails run, ${status.banned} banned, ` +
				`${status.failed} failures counted.`,
		);
	if (jails.length > 0) lines.push('', ...jailTable(jails));
	const problems = status.problems.map(({ severity, text }) => `${severity}: ${printable(text)}`);
	if (problems.length > 0) lines.push('', ...problems);
	if (status.pending.length > 0) lines.push('', 'Configured, but not running yet:', ...pendingLines(status));
	return lines;
}

function headline({ running, version, uptime, pid, 'plugin-version': pluginVersion }: Status): string {
	const plugin = `pve-fail2ban ${pluginVersion}`;
	if (!running) return `fail2ban is not running (${plugin})`;
	const since = uptime === null ? '' : ` for ${shortDuration(uptime)}`;
	const process = pid === null ? '' : `process ${pid}, `;
	return printable(`fail2ban ${version ?? ''} runs${since} (${process}${plugin})`);
}

function jailTable(jails: readonly JailRow[]): string[] {
	const header = ['JAIL', 'STATE', 'BANNED', 'TOTAL', 'FAILED', 'MAXRETRY', 'FINDTIME', 'BANTIME'];
	const rows = jails.map((jail) => [
		jail.jail,
		stateOf(jail),
		String(jail.banned),
		String(jail['total-banned']),
		String(jail.failed),
		String(jail.maxretry ?? '?'),
		jail.findtime,
		jail.bantime,
	]);
	return table([header, ...rows.map((row) => row.map(printable))], new Set([2, 3, 4, 5]));
}

function stateOf({ running, enabled, enforcing }: JailRow): string {
	if (!running) return enabled ? 'not running' : 'disabled';
	return enforcing !== null && !enforcing ? 'no actions' : 'running';
}

function pendingLines({ pending }: Status): string[] {
	return pending.map(({ jail, option, running, configured, file, line }) => {
		const where = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
		return printable(`  ${jail}: ${option} ${running ?? 'unset'} -> ${configured ?? 'unset'}${where}`);
	});
}
