import type { CheckRow, Status } from '../../contract/types.ts';
import { count, format, plural } from '../kit/text.ts';
import { shortTime } from '../kit/time.ts';

export type Health = CheckRow['state'];

/** A line of the Status grid. */
export interface StatusLine {
	id: string;
	status: Health;
	message: string;
	/** What to do about it. */
	hint?: string | null;
	/** Where the arrow goes: a jail, or an entry of the menu; `reapply` and the like are done here. */
	jail?: string;
	link?: string | null;
}

/**
 * The big icon and the words below.
 * @param checks null: they have not answered yet
 */
export function overall(
	{ running, jails, problems }: Status,
	checks: readonly CheckRow[] | null = [],
): { status: Health; text: string } {
	const idle = problems.filter(({ id }) => id === 'jail-not-enforcing').length;
	if (!running || jails <= idle || checks?.some(({ state }) => state === 'critical')) {
		return { status: 'critical', text: gettext('Not protected') };
	}
	if (checks === null) {
		return { status: 'unknown', text: gettext('Checking…') };
	}
	return problems.length > 0 || checks.some(({ state }) => state === 'warning')
		? { status: 'warning', text: gettext('Protected, with warnings') }
		: { status: 'good', text: gettext('Protected') };
}

/** Nothing protects the node and nothing is meant to: show how to begin instead of empty lists. */
export function isFirstUse({ jails, 'enabled-jails': enabledJails }: Status): boolean {
	return jails === 0 && enabledJails === 0;
}

/** What the status says itself is not told twice. */
function checkLines(checks: readonly CheckRow[]): StatusLine[] {
	return checks
		.filter(({ id, state }) => id !== 'service' || state === 'warning')
		.map(({ id, state, text, hint, link }) => ({ id, status: state, message: text, hint, link }));
}

/** What is wrong, worst first, and what runs. */
export function statusLines(
	{ running, version, uptime, jails, problems }: Status,
	checks: readonly CheckRow[] = [],
): StatusLine[] {
	const found = checkLines(checks);
	// the finding names the cause, of which fail2ban's own words tell but a part
	const refuses = found.some(({ link, status }) => link === 'repair' && status === 'critical');
	const others = problems.filter(({ id }) => !refuses || id !== 'not-running');
	const lines = [
		...others.map(
			({ id, severity, text, jail }, index): StatusLine => ({
				id: `${id} ${jail ?? ''} ${index}`,
				status: severity === 'error' ? 'critical' : 'warning',
				message: text,
				...(jail !== undefined && { jail }),
			}),
		),
		...found,
	];
	const worst = [
		...lines.filter((l) => l.status === 'critical'),
		...lines.filter((l) => l.status === 'warning'),
	];
	const rest = found.filter((l) => l.status === 'unknown' || l.status === 'good');
	if (running) {
		const text = plural(
			jails,
			'fail2ban {0} has been running for {1} with {2} jail',
			'fail2ban {0} has been running for {1} with {2} jails',
		);
		const message = format(text, version ?? '', shortTime(uptime ?? 0), count(jails));
		return [...worst, { id: 'server', status: 'good', message }, ...rest];
	}
	const told = refuses || problems.some(({ id }) => id === 'not-running' || id === 'no-answer');
	const stopped: StatusLine = {
		id: 'server',
		status: 'critical',
		message: gettext('fail2ban is not running.'),
	};
	return [...(told ? worst : [stopped, ...worst]), ...rest];
}

/** Why the node is not protected, on the first screen. */
export function firstUseReasons({ running }: Status): string[] {
	return [
		...(running ? [] : [gettext('fail2ban is not running.')]),
		gettext('No jail watches log-ins to the web interface (port 8006).'),
		gettext('No jail watches log-ins by SSH.'),
	];
}
