import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { enumerate, type Message, msg, msgN, sentences } from '../../kit/message.ts';
import type { JailEnforcement } from '../enforcement/jailEnforcement.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { CannotTell, type Check, good, issue } from './Check.ts';
import { watchingJails } from './logInChecks.ts';

export interface EnforcementCheckDeps {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read'>;
	/** What the firewall has of all bans. Throws ServerError. */
	enforcement: { current(): Promise<JailEnforcement[]> };
}

async function statesNow({ figures, enforcement }: EnforcementCheckDeps): Promise<JailEnforcement[]> {
	const { figures: now, failure } = await figures.read();
	if (failure !== null) throw failure;
	if (!now.running) throw new CannotTell(msg('fail2ban is not running.'));
	return enforcement.current();
}

/** Whether the firewall holds what fail2ban bans. */
export function enforced(deps: EnforcementCheckDeps): Check {
	return async () => {
		// a jail without actions is told by the status, and one whose actions do nothing by the next check
		const all = await statesNow(deps);
		const states = all.filter(({ idle }) => !idle);
		const banned = states.reduce((sum, { row }) => sum + row.banned, 0);
		const lost = states.filter(({ row }) => row['missing-total'] > 0);
		if (lost.length > 0) {
			const missing = lost.reduce((sum, { row }) => sum + row['missing-total'], 0);
			const where = enumerate(
				lost.map(({ jail, row }) => msg('{0} ({1} of {2})', jail, row['missing-total'], row.banned)),
			);
			const reasons = new Map(
				lost.flatMap(({ reason }) => (reason === null ? [] : [[String(reason), reason]])),
			);
			return issue(
				lost.some(({ broken }) => broken) ? 'critical' : 'warning',
				sentences([
					msgN(
						banned,
						'{1} of {0} ban is not enforced, so the firewall lets the address in: {2}.',
						'{1} of {0} bans are not enforced, so the firewall lets the addresses in: {2}.',
						missing,
						where,
					),
					...[...reasons.values()].slice(0, 2),
				]),
				msg(
					'Re-apply (at the right) sets them again; their times stay as they are. Something else may have emptied the firewall.',
				),
				'reapply',
			);
		}
		const unknown = states.filter(({ row }) => row.enforced === null && row.banned > 0);
		if (unknown.length > 0)
			throw new CannotTell(
				sentences(unknown.map(({ jail, reason }) => msg('{0}: {1}', jail, reason ?? msg('not known.')))),
			);
		if (banned === 0 && all.some(({ row }) => row.banned > 0)) return null;
		if (banned === 0) return good(msg('No address is banned, so there is nothing to enforce.'));
		return good(msgN(banned, 'The firewall holds the ban.', 'The firewall holds all {0} bans.'));
	};
}

function actionNames(actions: JailEnforcement['actions']): string | Message {
	return actions.map(({ name }) => name).join(', ') || msg('no action');
}

/** Whether a ban does anything: with an action such as noop a jail only counts. */
export function effectiveActions(deps: EnforcementCheckDeps): Check {
	return async () => {
		const states = await statesNow(deps);
		if (states.length === 0) return null;
		const idle = states.filter((state) => state.idle);
		const names = [...new Set(states.flatMap(({ actions }) => actions.map(({ name }) => name)))];
		if (idle.length > 0) {
			const running = new Set(states.map(({ jail }) => jail));
			const { web, ssh } = watchingJails(deps.files.snapshot(), running);
			const worst = idle.length === states.length || idle.some(({ jail }) => [...web, ...ssh].includes(jail));
			return issue(
				worst ? 'critical' : 'warning',
				msgN(
					idle.length,
					'Bans do nothing in {0} jail: {1}.',
					'Bans do nothing in {0} jails: {1}.',
					enumerate(idle.map(({ jail, actions }) => msg('{0} ({1})', jail, actionNames(actions)))),
				),
				msg('Choose nftables or iptables as Ban Action in Options.'),
				'fail2ban-options',
			);
		}
		const blind = states.filter(
			({ targets, row }) => targets.length === 0 && row.target === null && row.banned > 0,
		);
		if (blind.length > 0)
			throw new CannotTell(
				sentences(blind.map(({ jail, reason }) => msg('{0}: {1}', jail, reason ?? msg('not known.')))),
			);
		return good(msg('Bans are set by {0}.', enumerate(names)));
	};
}
