import { serverSettings } from '../../../contract/settings.ts';
import { splitList } from '../../addresses/addresses.ts';
import type { JailConfig } from '../../config/layers.ts';
import { placeServerOption } from '../../config/placement.ts';
import { checkSetting } from '../../config/settingRules.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError, invalidParams, rootOnly } from '../../kit/errors.ts';
import type { Message } from '../../kit/message.ts';
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

/** Options to give back. Throws ApiError 400 for an unknown one and one that is set too, 403 for one of root@pam. */
export function deletedSettings(list: string | undefined, values: SettingValues, root: boolean): string[] {
	const names = [...new Set(splitList(list ?? ''))];
	for (const name of names) {
		const setting = serverSettings.find((one) => one.name === name);
		if (setting === undefined || setting.permission === 'never')
			throw invalidParams({ delete: `There is no server option ${name} to give back.` });
		if (values.has(name)) throw invalidParams({ delete: `${name}: both set and given back.` });
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
	const who = `${blind.length === 1 ? 'Jail' : 'Jails'} ${blind.map((jail) => `'${jail}'`).join(', ')}`;
	const reads = `${who} ${blind.length === 1 ? 'reads' : 'read'} ${file}`;
	const message = moved
		? `${reads}, which would get no more lines: nobody would be banned there.`
		: `${reads}, where bans are not logged with the level ${level}: nobody would be banned there.`;
	throw new ApiError(409, 'log-watched', message, { 'log-watched': message });
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
