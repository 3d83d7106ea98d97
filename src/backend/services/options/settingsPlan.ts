import { serverSettings } from '../../../contract/settings.ts';
import { splitList } from '../../addresses/addresses.ts';
import type { JailConfig } from '../../config/layers.ts';
import { placeServerOption } from '../../config/placement.ts';
import { checkSetting } from '../../config/settingRules.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams, refusal, rootOnly } from '../../kit/errors.ts';
import { enumerate, type Message, msg, msgN } from '../../kit/message.ts';
import { globToRegExp } from '../../kit/patterns.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { fileOf, giveBackIn } from '../edit/settingsEdit.ts';

/** Options of a call as they are written, in the order of serverSettings. */
export type SettingValues = ReadonlyMap<string, string>;

/** Throws ApiError 403 or 400 that names every bad one. */
export function settingValues(
	params: Readonly<Record<string, string | number | undefined>>,
	root: boolean,
): SettingValues {
	const barred = serverSettings
		.filter(({ name, permission }) => permission === 'root' && !root && params[name] !== undefined)
		.map(({ name }) => name);
	if (barred.length > 0) throw rootOnly('set', barred);
	const values = new Map<string, string>();
	const errors: Record<string, Message> = {};
	for (const { name } of serverSettings) {
		const given = params[name];
		if (given === undefined) continue;
		const value = String(given).replace(/^ +| +$/g, '');
		const fault = checkSetting(name, value, { root });
		if (fault === null) values.set(name, value);
		else errors[name] = fault;
	}
	if (Object.keys(errors).length > 0) throw invalidParams(errors);
	return values;
}

/** Options to reset. Throws ApiError 400 for an unknown one and one that is set too, 403 for one of root@pam. */
export function deletedSettings(list: string | undefined, values: SettingValues, root: boolean): string[] {
	const names = [...new Set(splitList(list ?? ''))];
	for (const name of names) {
		const setting = serverSettings.find((one) => one.name === name);
		if (setting === undefined || setting.permission === 'never')
			throw invalidParams({ delete: msg("There is no server option '{0}' that can be reset.", name) });
		if (values.has(name)) throw invalidParams({ delete: msg('{0} cannot be both set and reset.', name) });
		if (setting.permission === 'root' && !root) throw rootOnly('delete', [name], 'delete');
	}
	return names;
}

/** fail2ban logs bans with this level; with one of these they are missing. */
const quiet = /^(?:CRITICAL|ERROR|WARNING)$/i;

/** A path as a jail's logpath names it: a pattern, after which `head` or `tail` may stand. */
function names(line: string, file: string): boolean {
	const pattern = line.trim().replace(/\s+(?:head|tail)$/, '');
	return globToRegExp(pattern, 'python').test(file);
}

/** Enabled jails that read fail2ban's own log from this file, as recidive does. */
function readers(snapshot: ConfigSnapshot, file: string): string[] {
	const { jails } = snapshot;
	return configuredJails(snapshot)
		.filter(({ enabled, backend }) => enabled && !backend.startsWith('systemd'))
		.filter(({ jail }) => {
			const lines = (jails.option(jail, 'logpath')?.value ?? '').split('\n').filter(Boolean);
			return lines.some((line) => names(line, file));
		})
		.map(({ jail }) => jail);
}

/** A jail that reads fail2ban's log would run and ban nobody any more. Throws ApiError 409 `log-watched`. */
function refuseBlinding(snapshot: ConfigSnapshot, after: JailConfig): void {
	const value = (jails: JailConfig, option: string) => jails.serverOption(option)?.value ?? '';
	const file = value(snapshot.jails, 'logtarget');
	const moved = value(after, 'logtarget') !== file;
	const level = value(after, 'loglevel');
	const silenced = quiet.test(level) && !quiet.test(value(snapshot.jails, 'loglevel'));
	if (!moved && !silenced) return;
	const blind = readers(snapshot, file);
	if (blind.length === 0) return;
	const jails = enumerate(blind.map((jail) => `'${jail}'`));
	const message = moved
		? msgN(
				blind.length,
				'Jail {1} reads {2}, which would get no more lines, so it would never ban an address.',
				'Jails {1} read {2}, which would get no more lines, so they would never ban an address.',
				jails,
				file,
			)
		: msgN(
				blind.length,
				'Jail {1} reads {2}, where log level {3} leaves out all bans, so it would never ban an address.',
				'Jails {1} read {2}, where log level {3} leaves out all bans, so they would never ban an address.',
				jails,
				file,
				level,
			);
	throw refusal(409, 'log-watched', 'log-watched', message);
}

/** The change of the server's options, for the transaction. */
export function settingsChange(
	snapshot: ConfigSnapshot,
	values: SettingValues,
	given: readonly string[],
	force: boolean,
): PlannedChange {
	const config = new EditedConfig(snapshot);
	const fileFor = (name: string) =>
		fileOf(snapshot, placeServerOption(snapshot.jails, snapshot.root, name), name);
	const back = given.filter((name) =>
		snapshot.jails.serverSettings(name).length === 0
			? false
			: giveBackIn(config, fileFor(name), 'Definition', name),
	);
	const written = [...values].filter(([name, value]) => {
		if (snapshot.jails.serverOption(name)?.value?.trim() === value) return false;
		config.set(fileFor(name), 'Definition', name, value);
		return true;
	});
	const options = [...written.map(([name]) => name), ...back];
	if (!force) refuseBlinding(snapshot, config.jails);
	const expected = options.map((option) => ({
		jail: null,
		server: true as const,
		option,
		value: values.get(option) ?? config.jails.serverOption(option)?.value ?? null,
	}));
	const changed = options.map((option) => ({
		option,
		from: snapshot.jails.serverOption(option)?.value ?? null,
		to: config.jails.serverOption(option)?.value ?? null,
	}));
	return { edits: config.edits(), expected, changed };
}
