import type { Provisional } from '../../files/Provisional.ts';
import { ApiError } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { type Message, msg } from '../../kit/message.ts';
import { audit } from '../kit/audit.ts';
import type { Services } from '../kit/call.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import type { Enforcement } from './Enforcement.ts';
import { type ReapplyDeps, reapply } from './reapply.ts';
import type { RefuseReban } from './refuseReban.ts';

export interface EnforcementServiceDeps extends Omit<ReapplyDeps, 'enforcement'> {
	enforcement: Enforcement;
	figures: ServerFigures;
	/** Keeps changes of the configuration away meanwhile; answers the function that lets them in again. */
	lock: (user: string, what: Message) => Promise<() => Promise<void>>;
	/** The change that waits to be confirmed. */
	provisional: Pick<Provisional, 'refuseOther'>;
	/** Whom it would shut out again. */
	refuseReban: RefuseReban;
	log: Log;
}

/** What the firewall has of all bans, and putting back what it lost. */
export function enforcementServices(
	deps: EnforcementServiceDeps,
): Pick<Services, 'getEnforcement' | 'postEnforcement'> {
	const { enforcement, figures, lock, log, provisional, refuseReban } = deps;
	return {
		async getEnforcement() {
			return { data: (await enforcement.current()).map(({ row }) => row) };
		},

		async postEnforcement({ params: { jail, client, force = false }, caller }) {
			// with many bans it takes minutes, in which a change could not be undone
			provisional.refuseOther();
			const { figures: now, failure } = await figures.read();
			if (failure !== null) throw failure;
			const running = now.jails.map((row) => row.jail);
			if (!now.running)
				throw new ApiError(503, 'not-running', msg('fail2ban is not running; start it first.'));
			if (jail !== undefined && !running.includes(jail))
				throw new ApiError(404, 'no-jail', msg("Jail '{0}' is not running.", jail));
			const jails = jail === undefined ? running : [jail];
			if (!force) await refuseReban(jails, [client, caller.clientIp]);
			const what =
				jail === undefined ? msg('re-apply bans of all jails') : msg('re-apply bans of jail {0}', jail);
			const release = await lock(caller.user, what);
			const done = (outcome: string) => audit(log, { caller, what: String(what), to: outcome });
			return {
				task: {
					/** Runs to its end even when nobody listens: what is half there protects half. */
					async run(line) {
						try {
							await reapply(deps, jails, line);
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
