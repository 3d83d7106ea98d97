import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import { enumerate, msg } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import type { ConfigAudit } from './ConfigAudit.ts';
import { planRepair, rootOnlyRepair } from './plan.ts';

export interface RepairDeps {
	changes: ConfigChanges;
	figures: Pick<ServerFigures, 'changed'>;
	/** The task that starts fail2ban and waits until its jails run. Throws ApiError if it would fail. */
	startService: (caller: Caller) => Promise<Task>;
}

export function repairServices(
	audit: ConfigAudit,
	{ changes, figures, startService }: RepairDeps,
): Pick<Services, 'getRepair' | 'postRepair'> {
	return {
		async getRepair({ params: { copies = false, client }, caller }) {
			return { data: await audit.answer(copies, client ?? caller.clientIp, caller) };
		},

		async postRepair({ params: { copies = false, digest, client, force = false }, caller }) {
			const input = await audit.input();
			const sources = await audit.sources(input, copies, caller);
			const result = await makeChange(changes, figures, {
				caller,
				what: msg('repair the configuration'),
				digest,
				forced: force,
				client,
				// the start is part of it, and jails that see their log at last may ban for failures of the past
				...(input.running ? {} : { provisional: 'if-not-ignored' as const }),
				plan(snapshot) {
					const planned = planRepair(snapshot, sources);
					const barred = caller.root ? [] : rootOnlyRepair(snapshot, planned.edits);
					if (barred.length > 0)
						throw new ApiError(403, 'root-only', msg('Only root@pam may repair {0}.', enumerate(barred, 3)));
					return planned;
				},
				async afterwards(done, line) {
					for (const { option, from, to } of done.changed) line(`${option}: ${from ?? '-'} -> ${to ?? '-'}`);
					if (!done.pending) return;
					figures.changed();
					const start = await startService(caller);
					await start.run(line, new AbortController().signal);
				},
			});
			if ('task' in result) return result;
			const nothing = msg('There is nothing to repair.');
			if (result.data.files.length === 0) throw new ApiError(409, 'nothing-to-do', nothing);
			return { task: { run: async (line) => line(`Changed ${result.data.files.join(', ')}.`) } };
		},
	};
}
