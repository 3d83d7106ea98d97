import type { JailOptionParams } from '../../../contract/jails.ts';
import { effectiveJail } from '../../config/effectiveJail.ts';
import type { JailConfig } from '../../config/layers.ts';
import { planApply } from '../../files/applyPlan.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { dumpedJails, type JailCommands } from '../../files/jailCommands.ts';
import type { Caller } from '../../kit/caller.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import { limited } from '../../kit/limited.ts';
import { msg, told } from '../../kit/message.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import type { Services } from '../kit/call.ts';
import { entryOf, type JailChange, type JailPreviews, type Surroundings } from '../lockout/JailPreviews.ts';
import { noJail } from './detail.ts';
import { giveBack, setOptions } from './plan.ts';
import { deletedOptions, jailValues } from './values.ts';

/** Seconds for reading the log, so that the answer comes while the form is open. */
const previewSeconds = 4;

/** Previews at the same time, besides those of changes. */
const parallel = 2;

export interface JailPreviewDeps {
	files: ConfigFiles;
	previews: JailPreviews;
	/** Where others than root@pam may read log files. */
	logFolders: readonly string[];
	/** Unix milliseconds. */
	now: () => number;
}

/** A jail as the files of `config` make it, enabled or not. Throws ApiError 400 for one that fail2ban would not read. */
function commandsOf(config: JailConfig, jail: string): JailCommands {
	const found = effectiveJail(config, jail);
	if ('error' in found) throw invalidParams({ jail: found.error });
	const commands = dumpedJails(found.commands).jails.get(jail);
	if (commands === undefined) throw new Error(`no commands for jail '${jail}'`);
	// which files there are is looked up when they are opened
	return { ...commands, logpaths: found.logpaths.map(({ pattern }) => pattern) };
}

/** How a jail of the running server comes to a configuration that is not written yet. */
function jailChangeOf(
	before: JailConfig,
	after: JailConfig,
	jail: string,
	{ running }: Surroundings,
): JailChange {
	const becomes = commandsOf(after, jail);
	if (!running.has(jail)) return { before: undefined, after: becomes, entry: 'start' };
	const was = commandsOf(before, jail);
	const { steps } = planApply(new Map([[jail, was]]), new Map([[jail, becomes]]), running);
	return {
		before: was,
		after: becomes,
		entry: entryOf(jail, running, steps, { before: was, after: becomes }),
	};
}

export function jailPreviewService({
	files,
	previews,
	logFolders,
	now,
}: JailPreviewDeps): Services['previewJail'] {
	const places = limited(parallel);

	function edited(
		snapshot: ConfigSnapshot,
		jail: string,
		params: JailOptionParams,
		caller: Caller,
	): JailConfig {
		const { delete: list, ...options } = params;
		const isNew = !snapshot.jails.jails().includes(jail);
		if (isNew && options.filter === undefined) throw noJail(jail);
		const values = jailValues(snapshot, options, caller.root);
		const config = new EditedConfig(snapshot);
		if (!isNew) giveBack(config, jail, deletedOptions(list as string | undefined, values, caller.root));
		setOptions(config, jail, values, { added: Math.floor(now() / 1000), user: caller.user });
		return config.jails;
	}

	return async ({ params: { jail, client, ...params }, caller }) => {
		const snapshot = files.snapshot();
		const after = edited(snapshot, jail, params as JailOptionParams, caller);
		const around = await previews.surroundings([client, caller.clientIp]);
		const change = jailChangeOf(snapshot.jails, after, jail, around);
		if (places.full())
			throw new ApiError(503, 'busy', msg('Other previews are running; try again in a moment.'));
		const below = caller.root ? null : logFolders;
		const {
			jail: _,
			maxretry: __,
			bansDifferently: ___,
			countsBans: ____,
			addresses,
			...data
		} = await places.run(() => previews.preview(change, around, { seconds: previewSeconds, below }));
		return { data: told({ ...data, addresses: addresses.map(told) }) };
	};
}
