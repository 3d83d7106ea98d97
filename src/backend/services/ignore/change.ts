import type { ChangeDone, ConfigChanges, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { Caller } from '../../kit/caller.ts';
import { startOf } from '../../kit/wholeText.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { noJail } from '../jails/detail.ts';
import { addEntries, type IgnoreScope, ignoreChange, removeEntries } from './plan.ts';

export interface AddIgnoredRequest {
	/** Addresses and networks as fail2ban prints them. */
	entries: readonly string[];
	jail: IgnoreScope;
	/** undefined: the comments of known entries stay. */
	comment?: string | undefined;
	caller: Caller;
	digest?: string | undefined;
	/** See ChangeRequest. */
	client?: string | undefined;
	forced?: boolean;
}

/** What becomes of the change that a list is written by. */
export type IgnoreWritten = Pick<ChangeDone, 'pending' | 'provisional'>;

function checkScope({ jails }: ConfigSnapshot, jail: IgnoreScope): void {
	if (jail !== null && !jails.jails().includes(jail)) throw noJail(jail);
}

export function ignoreChanges(changes: ConfigChanges, now: () => number) {
	async function change(
		{ caller, jail, digest, client, forced = false, entries }: AddIgnoredRequest,
		verb: string,
		plan: (config: EditedConfig) => void,
	): Promise<IgnoreWritten> {
		const what = `${verb} ${entries.join(' ')} ${jail === null ? 'in all jails' : `in jail ${jail}`}`;
		const result = await changes.change({
			caller,
			what: what.length > 200 ? `${startOf(what, 200)}…` : what,
			digest,
			client,
			forced,
			plan(snapshot): PlannedChange {
				checkScope(snapshot, jail);
				const config = new EditedConfig(snapshot);
				plan(config);
				return ignoreChange(config);
			},
		});
		if ('data' in result) return { pending: result.data.pending, provisional: result.data.provisional };
		// an ignore list restarts no jail, but many jails with lists of their own make a long reload
		await result.task.run(() => {}, new AbortController().signal);
		return { pending: false, provisional: null };
	}

	const add = async (request: AddIgnoredRequest): Promise<{ added: number } & IgnoreWritten> => {
		let added = 0;
		const stamp = { added: Math.floor(now() / 1000), user: request.caller.user };
		const written = await change(request, 'ignore', (config) => {
			added = addEntries(config, request.jail, request.entries, request.comment, stamp);
		});
		return { added, ...written };
	};

	const remove = async (request: AddIgnoredRequest): Promise<{ removed: number } & IgnoreWritten> => {
		let removed = 0;
		const written = await change(request, 'no longer ignore', (config) => {
			removed = removeEntries(config, request.jail, request.entries);
		});
		return { removed, ...written };
	};

	return { add, remove };
}
