import { defaultOptions } from '../../../contract/defaults.ts';
import { type JailOption, optionParam } from '../../../contract/kit/jailOptions.ts';
import { placeDefault } from '../../config/placement.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams } from '../../kit/errors.ts';
import { enumerate, msg } from '../../kit/message.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { fileOf, giveBackIn } from '../edit/settingsEdit.ts';
import { deletedOptions, type JailValues } from '../jails/values.ts';
import { maskSecrets } from '../kit/secrets.ts';

/** The enabled jails that say something of their own, so that [DEFAULT] does not count for them. */
export function jailsWithOwn(snapshot: ConfigSnapshot, option: string): string[] {
	return configuredJails(snapshot)
		.filter(({ jail, enabled }) => enabled && snapshot.jails.merged.settings(jail, option).length > 0)
		.map(({ jail }) => jail);
}

function holds({ jails }: ConfigSnapshot, { name, kind }: JailOption, value: string): boolean {
	const found = jails.defaultOption(name);
	if (found === undefined) return false;
	// what is interpolated is compared as it is written
	if (value.includes('%')) return found.raw.trim() === value;
	if (kind === 'bool') return found.value !== null && isTrue(found.value) === isTrue(value);
	return found.value?.trim() === value;
}

/** Options to reset. Throws ApiError 400 as `deletedOptions`, and for one that is none of all jails. */
function givenBack(list: string | undefined, values: JailValues, root: boolean): JailOption[] {
	const options = deletedOptions(list, values, root);
	const other = options.filter(({ name }) => !defaultOptions.includes(name));
	if (other.length > 0) {
		const names = enumerate(other.map(({ name }) => name));
		throw invalidParams({ delete: msg('Not an option of all jails: {0}.', names) });
	}
	return options;
}

/** The change of [DEFAULT], for the transaction: what it comes to there and in each enabled jail. */
export function defaultsChange(
	snapshot: ConfigSnapshot,
	values: JailValues,
	list: string | undefined,
	root: boolean,
): PlannedChange {
	const config = new EditedConfig(snapshot);
	const fileFor = (name: string) =>
		fileOf(snapshot, placeDefault(snapshot.jails, snapshot.root, name), optionParam(name));
	const back = givenBack(list, values, root).filter(({ name }) =>
		snapshot.jails.merged.settings('DEFAULT', name).length === 0
			? false
			: giveBackIn(config, fileFor(name), 'DEFAULT', name),
	);
	const written = [...values].filter(([option, value]) => {
		if (holds(snapshot, option, value)) return false;
		config.set(fileFor(option.name), 'DEFAULT', option.name, value, optionParam(option.name));
		return true;
	});
	const names = [...written.map(([{ name }]) => name), ...back.map(({ name }) => name)];
	const meant = new Map(written.map(([{ name }, value]) => [name, value]));
	const expected = names.flatMap((name) => {
		const resolved = config.jails.defaultOption(name)?.value ?? null;
		const value = meant.get(name);
		const jails = configuredJails(snapshot).filter(({ enabled }) => enabled);
		return [
			{ jail: null, option: name, value: value === undefined || value.includes('%') ? resolved : value },
			...jails.map(({ jail }) => ({
				jail,
				option: name,
				value: config.jails.option(jail, name)?.value ?? null,
			})),
		];
	});
	const changed = names.map((option) => {
		const show = (value: string | null | undefined) => (value == null ? null : maskSecrets(option, value));
		return {
			option,
			from: show(snapshot.jails.defaultOption(option)?.value),
			to: show(config.jails.defaultOption(option)?.value),
		};
	});
	return { edits: config.edits(), expected, changed };
}
