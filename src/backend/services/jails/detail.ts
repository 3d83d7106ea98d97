import { jailOptions } from '../../../contract/kit/jailOptions.ts';
import type { JailDetail, OptionValue, ValueOrigin } from '../../../contract/types.ts';
import { JailConfig, type ResolvedSetting } from '../../config/layers.ts';
import { placeOption } from '../../config/placement.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { overlay } from '../../files/overlay.ts';
import { ApiError } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { filterName } from '../edit/filterValue.ts';
import type { Services } from '../kit/call.ts';
import { relative } from '../kit/relativePath.ts';
import { hideValues, maskSecrets, secretValues } from '../kit/secrets.ts';
import type { ConfigCheck } from '../server/ConfigCheck.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { jailFallbacks } from './fallbacks.ts';
import { jailRows } from './rows.ts';

const permissions = new Map(jailOptions.map(({ name, permission }) => [name, permission]));

/**
 * What a form shows of a value: a filter whose mode is an option of its own is shown by its name.
 * `raw` decides, since a mode that is written out in the filter does not follow that option.
 */
function shownValue(option: string, { value, raw }: Pick<ResolvedSetting, 'value' | 'raw'>): string | null {
	if (option !== 'filter' || value === null) return value;
	return /^[^[]*\[mode=%\(mode\)s\]$/.test(raw.trim()) ? filterName(value) : value;
}

/** @param secrets values that the caller may not see; null: sees all */
function origin(
	root: string,
	option: string,
	setting: ResolvedSetting,
	secrets: readonly string[] | null,
): ValueOrigin {
	const show = (value: string) =>
		secrets === null ? value : hideValues(maskSecrets(option, value), secrets);
	const value = shownValue(option, setting);
	return {
		value: value === null ? null : show(value),
		raw: show(setting.raw),
		file: relative(root, setting.file),
		line: setting.line,
	};
}

/**
 * One option with its origin.
 * @param root the caller is root@pam, who sees secrets and may set everything
 * @param fallback what holds where no file of the jails sets it
 */
export function optionDetail(
	snapshot: ConfigSnapshot,
	jail: string,
	option: string,
	root: boolean,
	fallback?: ValueOrigin,
): OptionValue {
	const found = snapshot.jails.option(jail, option);
	const place = placeOption(snapshot.jails, snapshot.root, jail, option);
	const permission = permissions.get(option);
	const secrets = root ? null : secretValues(snapshot, jail);
	const blockedBy =
		'blockedBy' in place
			? { file: relative(snapshot.root, place.blockedBy.file), line: place.blockedBy.line }
			: null;
	const rest = {
		own: found !== undefined && found.section === jail && 'file' in place && place.file === found.file,
		editable: blockedBy === null && permission !== undefined && (root || permission === 'modify'),
		'blocked-by': blockedBy,
		target: 'file' in place ? relative(snapshot.root, place.file) : null,
	};
	const none = { value: null, raw: null, file: null, line: null };
	if (found === undefined) return { ...none, ...fallback, origin: 'default', overrides: [], ...rest };
	const overrides = found.overrides.map((setting) => origin(snapshot.root, option, setting, secrets));
	return {
		...origin(snapshot.root, option, found, secrets),
		origin: found.file.endsWith('.local') ? 'admin' : 'stock',
		overrides: overrides.length === 0 && fallback !== undefined ? [fallback] : overrides,
		...rest,
	};
}

/** The options of the jail's own sections, in lower case. */
function sectionOptions({ jails }: ConfigSnapshot, jail: string): string[] {
	return [...new Set(jails.files().flatMap((file) => jails.reading.document(file)?.options(jail) ?? []))];
}

/** Every option that a jail can be told, and what else its sections hold. */
function allOptions(snapshot: ConfigSnapshot, jail: string, root: boolean): JailDetail['options'] {
	const names = new Set([...jailOptions.map(({ name }) => name), ...sectionOptions(snapshot, jail)]);
	const fallbacks = jailFallbacks(snapshot, jail);
	return Object.fromEntries(
		[...names].map((name) => [name, optionDetail(snapshot, jail, name, root, fallbacks.get(name))]),
	);
}

/** The configuration with a jail that says nothing yet. */
function withEmptyJail(snapshot: ConfigSnapshot, jail: string): ConfigSnapshot {
	const { root, jails } = snapshot;
	const edit = { file: 'jail.d/pve-fail2ban-new.local', text: `[${jail}]\n` };
	const source = overlay(snapshot.source, root, [edit]);
	return { ...snapshot, source, jails: new JailConfig(source, root, jails.version) };
}

export function noJail(jail: string): ApiError {
	const message = msg("There is no jail '{0}'.", jail);
	return new ApiError(404, 'no-jail', message, { jail: message });
}

export interface JailDetailDeps {
	files: ConfigFiles;
	figures: ServerFigures;
	check: ConfigCheck;
}

export function getJailConfigService({ files, figures, check }: JailDetailDeps): Services['getJailConfig'] {
	return async ({ params: { jail, create = false }, caller }) => {
		if (create && !files.snapshot().jails.jails().includes(jail)) {
			const snapshot = withEmptyJail(files.snapshot(), jail);
			const options = allOptions(snapshot, jail, caller.root);
			const { digest } = snapshot;
			return { data: { jail, digest, enabled: false, running: false, stock: false, options, status: null } };
		}
		const reading = await figures.read();
		const snapshot = files.snapshot();
		const looked = check.current(snapshot, reading.figures);
		const rows = jailRows(configuredJails(snapshot), reading.figures.jails, looked, {
			all: true,
			up: reading.figures.running && reading.stale === null,
		});
		const status = rows.find((row) => row.jail === jail) ?? null;
		if (status === null) throw noJail(jail);
		const options = allOptions(snapshot, jail, caller.root);
		const { enabled, running, stock } = status;
		const data: JailDetail = { jail, digest: snapshot.digest, enabled, running, stock, options, status };
		return { data };
	};
}
