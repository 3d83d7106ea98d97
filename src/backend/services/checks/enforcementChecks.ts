import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import type { JailEnforcement } from '../enforcement/jailEnforcement.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { type Check, enumerate, good, issue } from './Check.ts';
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
	if (!now.running) throw new Error('fail2ban does not run.');
	return enforcement.current();
}

function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}

/** Whether the firewall holds what fail2ban bans. */
export function enforced(deps: EnforcementCheckDeps): Check {
	return async () => {
		// a jail without actions is told by the status, and one whose actions do nothing by the next check
		const states = (await statesNow(deps)).filter(({ idle }) => !idle);
		const banned = states.reduce((sum, { row }) => sum + row.banned, 0);
		const lost = states.filter(({ row }) => row.missingTotal > 0);
		if (lost.length > 0) {
			const missing = lost.reduce((sum, { row }) => sum + row.missingTotal, 0);
			const where = enumerate(lost.map(({ jail, row }) => `${jail} (${row.missingTotal} of ${row.banned})`));
			const reasons = [...new Set(lost.flatMap(({ row }) => row.reason ?? []))].slice(0, 2);
			return issue(
				lost.some(({ broken }) => broken) ? 'critical' : 'warning',
				[
					`${missing} of ${plural(banned, 'ban is', 'bans are')} not enforced, the firewall lets them in: ${where}.`,
					...reasons,
				].join(' '),
				'Re-apply (at the right) sets them again; their times stay as they are. Something else may have emptied the firewall.',
				'reapply',
			);
		}
		const unknown = states.filter(({ row }) => row.enforced === null && row.banned > 0);
		if (unknown.length > 0)
			throw new Error(unknown.map(({ jail, row }) => `${jail}: ${row.reason ?? 'not known.'}`).join(' '));
		if (banned === 0) return good('Nobody is banned, so there is nothing to enforce.');
		return good(`The firewall holds ${banned === 1 ? 'the ban' : `all ${banned} bans`}.`);
	};
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
				`Bans do nothing in ${plural(idle.length, 'jail', 'jails')}: ${enumerate(
					idle.map(
						({ jail, actions }) => `${jail} (${actions.map(({ name }) => name).join(', ') || 'no action'})`,
					),
				)}.`,
				'Choose nftables or iptables as Ban Action in Options.',
				'fail2ban-options',
			);
		}
		const blind = states.filter(
			({ targets, row }) => targets.length === 0 && row.target === null && row.banned > 0,
		);
		if (blind.length > 0)
			throw new Error(`${enumerate(blind.map(({ jail, row }) => `${jail}: ${row.reason ?? ''}`))}`);
		return good(`Bans are set by ${enumerate(names)}.`);
	};
}
