import { ApiError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { audit } from '../audit.ts';
import type { Services } from '../call.ts';
import type { ServerFigures } from '../serverFigures.ts';
import type { Enforcement } from './Enforcement.ts';
import { type ReapplyDeps, reapply } from './reapply.ts';

export interface EnforcementServiceDeps extends Omit<ReapplyDeps, 'enforcement'> {
	enforcement: Enforcement;
	figures: ServerFigures;
	/** Keeps changes of the configuration away meanwhile; answers the function that lets them in again. */
	lock: (user: string, what: string) => Promise<() => Promise<void>>;
	log: Log;
}

/** What the firewall has of all bans, and putting back what it lost. */
export function enforcementServices(
	deps: EnforcementServiceDeps,
): Pick<Services, 'getEnforcement' | 'postEnforcement'> {
	const { enforcement, figures, lock, log } = deps;
	return {
		async getEnforcement() {
			return { data: (await enforcement.looks()).map(({ row }) => row) };
		},

		async postEnforcement({ params: { jail }, caller }) {
			const { figures: now, failure } = await figures.read();
			if (failure !== null) throw failure;
			const running = now.jails.map((row) => row.jail);
			if (!now.running) throw new ApiError(503, 'not-running', 'fail2ban does not run; start it first.');
			if (jail !== undefined && !running.includes(jail))
				throw new ApiError(404, 'no-jail', `Jail '${jail}' does not run.`);
			const what = `re-apply bans of ${jail === undefined ? 'all jails' : `jail ${jail}`}`;
			const release = await lock(caller.user, what);
			const done = (outcome: string) => audit(log, { caller, what, to: outcome });
			return {
				task: {
					/** Runs to its end even when nobody listens: what is half there protects half. */
					async run(line) {
						try {
							await reapply(deps, jail === undefined ? running : [jail], line);
							done('done');
						} catch (error) {
							done('failed');
							throw error;
						} finally {
							figures.changed();
							await release();
						}
					},
				},
			};
		},
	};
}
