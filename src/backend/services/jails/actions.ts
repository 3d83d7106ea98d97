import type { ActionDetail, ActionRow } from '../../../contract/types.ts';
import { ConfigReading } from '../../config/ConfigReading.ts';
import { MergedConfig } from '../../config/MergedConfig.ts';
import { checkOption } from '../../config/optionRules.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import { type Message, msg, told } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { filesDigest } from '../kit/filesDigest.ts';
import { relative } from '../kit/relativePath.ts';
import { maskArgument } from '../kit/secrets.ts';

/** An action's files put together, whoever asks. */
interface Action extends Omit<ActionDetail, 'banaction' | 'problem' | 'messages'> {
	problem: Message | null;
}

const python = '.py';

function namesIn(files: readonly string[]): string[] {
	const names = files.flatMap((file) => {
		if (file.startsWith('.')) return [];
		if (file.endsWith(python)) return [file];
		return /\.(?:conf|local)$/.test(file) ? [file.replace(/\.[^.]+$/, '')] : [];
	});
	return [...new Set(names)].sort();
}

function pythonAction(snapshot: ConfigSnapshot, name: string): Action {
	const file = `action.d/${name}`;
	const digest = filesDigest(snapshot, [`${snapshot.root}/${file}`]);
	return { name, file, origin: 'package', bans: true, problem: null, digest, parameters: [] };
}

function readAction(snapshot: ConfigSnapshot, reading: ConfigReading, name: string): Action {
	const { root } = snapshot;
	const base = `${root}/action.d/${name}`;
	const own = [`${base}.conf`, `${base}.local`].filter((file) => snapshot.source.read(file) !== undefined);
	const files = reading.files(`action.d/${name}`);
	const merged = new MergedConfig(
		files.flatMap((file) => {
			const document = reading.document(file);
			return document ? [{ file, document }] : [];
		}),
	);
	const options = [...(merged.sections.get('Init')?.keys() ?? [])];
	const fault = reading.problems.find(
		(problem) => own.includes(problem.file) || files.includes(problem.file),
	);
	const first = own[0] ?? `${base}.conf`;
	return {
		name,
		file: relative(root, own.at(-1) ?? first),
		origin: first.endsWith('.local') ? 'local' : own.length > 1 ? 'changed' : 'package',
		bans: String(merged.raw('Definition', 'actionban') ?? '').trim() !== '',
		problem: fault ? msg('{0}:{1}: {2}', relative(root, fault.file), fault.line ?? 1, fault.message) : null,
		digest: filesDigest(snapshot, files),
		parameters: options.flatMap((option) => {
			const setting = merged.settings('Init', option).at(-1);
			if (setting === undefined) return [];
			const { raw, file, line } = setting;
			return [{ name: option, value: raw, file: relative(root, file), line }];
		}),
	};
}

const known = new WeakMap<ConfigSnapshot, ReadonlyMap<string, Action>>();

/** All actions by name, read once for each state of the files. */
function actionsOf(snapshot: ConfigSnapshot): ReadonlyMap<string, Action> {
	const before = known.get(snapshot);
	if (before) return before;
	// a reading of its own: a fault in an action that no jail uses is not a problem of the jails
	const reading = new ConfigReading(snapshot.source, snapshot.root);
	const names = namesIn(snapshot.source.list(`${snapshot.root}/action.d`));
	const actions = new Map(
		names.map((name) => [
			name,
			name.endsWith(python) ? pythonAction(snapshot, name) : readAction(snapshot, reading, name),
		]),
	);
	known.set(snapshot, actions);
	return actions;
}

/** Whether the caller may set it as banaction: below root only the firewall's own (see SECURITY.md). */
function mayChoose({ name, bans }: Action, root: boolean): boolean {
	return bans && checkOption('banaction', name, { root }) === null;
}

export function actionServices({
	files,
}: {
	files: ConfigFiles;
}): Pick<Services, 'listActions' | 'getAction'> {
	return {
		async listActions({ caller }) {
			const rows = [...actionsOf(files.snapshot()).values()].map((action): ActionRow => {
				const { digest: _, parameters, ...row } = action;
				const names = parameters.map(({ name }) => name);
				return told({ ...row, banaction: mayChoose(action, caller.root), parameters: names });
			});
			return { data: rows };
		},

		async getAction({ params: { name }, caller }) {
			const action = actionsOf(files.snapshot()).get(name);
			if (action === undefined) {
				const message = msg("There is no action '{0}'.", name);
				throw new ApiError(404, 'no-action', message, { name: message });
			}
			const parameters = action.parameters.map((parameter) =>
				caller.root ? parameter : { ...parameter, value: maskArgument(parameter.name, parameter.value) },
			);
			return { data: told({ ...action, banaction: mayChoose(action, caller.root), parameters }) };
		},
	};
}
