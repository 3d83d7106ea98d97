import type { ChangeDone, ConfigChanges, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { Caller } from '../../kit/caller.ts';
import { type Message, msg } from '../../kit/message.ts';
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

/** Enough of a long list to tell it from another. */
function someOf({ entries }: AddIgnoredRequest): string {
	const list = entries.join(' ');
	return list.length > 180 ? `${startOf(list, 180)}…` : list;
}

function addText(request: AddIgnoredRequest): Message {
	const { jail } = request;
	const list = someOf(request);
	return jail === null ? msg('ignore {0} in all jails', list) : msg('ignore {0} in jail {1}', list, jail);
}

function removeText(request: AddIgnoredRequest): Message {
	const { jail } = request;
	const list = someOf(request);
	return jail === null
		? msg('no longer ignore {0} in all jails', list)
		: msg('no longer ignore {0} in jail {1}', list, jail);
}

export function ignoreChanges(changes: ConfigChanges, now: () => number) {
	async function change(
		{ caller, jail, digest, client, forced = false }: AddIgnoredRequest,
		what: Message,
		plan: (config: EditedConfig) => void,
	): Promise<IgnoreWritten> {
		const result = await changes.change({
			caller,
			what,
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
		const written = await change(request, addText(request), (config) => {
			added = addEntries(config, request.jail, request.entries, request.comment, stamp);
		});
		return { added, ...written };
	};

	const remove = async (request: AddIgnoredRequest): Promise<{ removed: number } & IgnoreWritten> => {
		let removed = 0;
		const written = await change(request, removeText(request), (config) => {
			removed = removeEntries(config, request.jail, request.entries);
		});
		return { removed, ...written };
	};

	return { add, remove };
}
