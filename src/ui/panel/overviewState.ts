import type { Status } from '../../contract/types.ts';
import { count, format, plural } from '../lib/text.ts';
import { shortTime } from '../lib/time.ts';

export type Health = 'good' | 'warning' | 'critical';

/** A line of the Status grid. */
export interface StatusLine {
	id: string;
	status: Health;
	message: string;
	/** Where the arrow goes. */
	jail?: string;
}

/** The big icon and the words below. */
export function overall({ running, jails, problems }: Status): { status: Health; text: string } {
	const idle = problems.filter(({ id }) => id === 'jail-not-enforcing').length;
	if (!running || jails <= idle) {
		return { status: 'critical', text: gettext('Not protected') };
	}
	return problems.length > 0
		? { status: 'warning', text: gettext('Protected, with warnings') }
		: { status: 'good', text: gettext('Protected') };
}

/** Nothing protects the node and nothing is meant to: show how to begin instead of empty lists. */
export function isFirstUse({ jails, enabledJails }: Status): boolean {
	return jails === 0 && enabledJails === 0;
}

/** What is wrong, worst first, and what runs. */
export function statusLines({ running, version, uptime, jails, problems }: Status): StatusLine[] {
	const lines = problems.map(
		({ id, severity, text, jail }, index): StatusLine => ({
			id: `${id} ${jail ?? ''} ${index}`,
			status: severity === 'error' ? 'critical' : 'warning',
			message: text,
			...(jail !== undefined && { jail }),
		}),
	);
	const worst = [
		...lines.filter((l) => l.status === 'critical'),
		...lines.filter((l) => l.status === 'warning'),
	];
	if (running) {
		const text = plural(
			jails,
			'fail2ban {0} runs for {1} with {2} jail',
			'fail2ban {0} runs for {1} with {2} jails',
		);
		const message = format(text, version ?? '', shortTime(uptime ?? 0), count(jails));
		return [...worst, { id: 'server', status: 'good', message }];
	}
	const told = problems.some(({ id }) => id === 'not-running' || id === 'no-answer');
	const stopped: StatusLine = {
		id: 'server',
		status: 'critical',
		message: gettext('fail2ban does not run.'),
	};
	return told ? worst : [stopped, ...worst];
}

/** Why the node is not protected, on the first screen. */
export function firstUseReasons({ running }: Status): string[] {
	return [
		...(running ? [] : [gettext('fail2ban does not run.')]),
		gettext('No jail watches log-ins to the web interface (port 8006).'),
		gettext('No jail watches log-ins by SSH.'),
	];
}
