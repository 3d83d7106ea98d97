import { type JailOption, jailOptions } from '../../../contract/kit/jailOptions.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { serverDefaults } from '../../config/fail2banDefaults.ts';
import type { JailConfig } from '../../config/layers.ts';
import { placeServerOption } from '../../config/placement.ts';
import { isTrue } from '../../config/pythonValues.ts';
import { parseTime } from '../../config/time.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import { type Message, msg, sentences } from '../../kit/message.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import type { IgnoreStamp } from '../edit/ignoreLines.ts';
import { fileOf } from '../edit/settingsEdit.ts';
import { addEntries, hasOwnIgnoreip, ignoreChange, ignorePlace } from '../ignore/plan.ts';
import { giveBack, optionsChange, setOptions } from '../jails/plan.ts';
import type { JailChoice } from './jailChoices.ts';
import { type Preset, type PresetValues, presets, valuesFor } from './presets.ts';
import { valueFor } from './valueFor.ts';

/** An address that shall not be banned, and what the ignore list says of it. */
export interface IgnoredAddress {
	address: string;
	comment: string;
}

export interface PlanInput {
	preset: Preset;
	/** Jails to enable. */
	choices: readonly JailChoice[];
	ignore: readonly IgnoredAddress[];
	stamp: IgnoreStamp;
}

export interface ProtectionPlan {
	planned: PlannedChange;
	/** The configuration with the changes made. */
	config: EditedConfig;
}

/**
 * What it takes to protect log-ins: pure, from the files as they are to the edits. Every value stands in the section
 * of its own jail, so that no other jail changes; only the ignore list and the server's dbpurgeage hold for all.
 * Throws ApiError 400 where another file would still win, naming file and line.
 */
export function planProtection(snapshot: ConfigSnapshot, input: PlanInput): ProtectionPlan {
	const config = new EditedConfig(snapshot);
	const changes = input.choices.map((choice) =>
		inParam('jails', choice.jail, () => editJail(config, choice, input)),
	);
	inParam('ignore', msg('Ignore List'), () => editIgnored(config, input));
	const server = inParam('jails', 'fail2ban', () => keepLongEnough(config, input));
	const ignored = ignoreChange(config);
	const parts = changes.map(({ jail, written, given }) => optionsChange(config, jail, written, given));
	const planned: PlannedChange = {
		edits: config.edits(),
		expected: [...parts.flatMap(({ expected }) => expected), ...ignored.expected, ...server.expected],
		changed: [
			...parts.flatMap(({ changed }, at) =>
				changed.map((one) => ({ ...one, option: `${changes[at]?.jail}/${one.option}` })),
			),
			...ignored.changed,
			...server.changed,
		],
		starts: input.choices.map(({ jail }) => jail),
	};
	return { planned, config };
}

/** A fault of a single option is told as one of the parameter that asked for it. */
function inParam<T>(param: string, where: string | Message, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof ApiError) || error.status !== 400) throw error;
		const faults = Object.entries(error.texts).map(([name, text]) =>
			// TRANSLATORS: {0}: jail, {1}: option, {2}: what is wrong
			msg('{0}, {1}: {2}', where, name, text),
		);
		throw invalidParams({
			[param]: faults.length > 0 ? sentences(faults) : msg('{0}: {1}', where, error.text),
		});
	}
}

interface EditedJail {
	jail: string;
	written: { option: JailOption; value: string }[];
	given: JailOption[];
}

function editJail(config: EditedConfig, choice: JailChoice, { preset, stamp }: PlanInput): EditedJail {
	const { jails } = config.snapshot;
	const { jail } = choice;
	const values = valuesFor(preset, jail);
	const given = giveBack(config, jail, stale(jails, jail, values));
	const wanted = new Map([
		['enabled', 'true'],
		...presetOptions(config.jails, jail, values),
		...choice.needed,
	]);
	const options = jailOptions.flatMap((option): [JailOption, string][] => {
		const value = wanted.get(option.name);
		return value === undefined || holdsTime(jails, jail, option, value) ? [] : [[option, value]];
	});
	return { jail, written: setOptions(config, jail, new Map(options), stamp), given };
}

function presetOptions(jails: JailConfig, jail: string, values: PresetValues): [string, string][] {
	const grows = isTrue(valueFor(jails, jail, 'bantime.increment'));
	return [
		['maxretry', String(values.maxretry)],
		['findtime', values.findtime],
		['bantime', values.bantime],
		...(values.increment || grows
			? [['bantime.increment', String(values.increment)] as [string, string]]
			: []),
		...(values.maxtime === null ? [] : [['bantime.maxtime', values.maxtime] as [string, string]]),
	];
}

/** What another preset left in the jail, and this one does without. */
function stale(jails: JailConfig, jail: string, values: PresetValues): JailOption[] {
	if (values.increment) return [];
	const maxtime = jails.option(jail, 'bantime.maxtime')?.value;
	const ours = presets.some((preset) => valuesFor(preset, jail).maxtime === maxtime?.trim());
	// one that is off already may be so against what it would inherit
	const grows = isTrue(valueFor(jails, jail, 'bantime.increment'));
	const names = [...(grows ? ['bantime.increment'] : []), ...(ours ? ['bantime.maxtime'] : [])];
	return jailOptions.filter(({ name }) => names.includes(name));
}

/** `600` is `10m`, and stays as the admin wrote it. */
function holdsTime(jails: JailConfig, jail: string, { name, kind }: JailOption, value: string): boolean {
	if (kind !== 'time' && kind !== 'bantime') return false;
	const present = jails.option(jail, name)?.value;
	return present != null && parseTime(present) === parseTime(value);
}

/** Entries that an entry of the list covers already are left out. */
function missing(list: readonly string[], ignore: readonly IgnoredAddress[]): IgnoredAddress[] {
	const known = new NetworkSet(list);
	return ignore.filter(({ address }) => parseNetwork(address) !== null && !known.covers(address));
}

/** Into [DEFAULT], and into the list of each jail of the preset that has one of its own; other jails keep theirs. */
function editIgnored(config: EditedConfig, { choices, ignore, stamp }: PlanInput): void {
	const own = choices.map(({ jail }) => jail).filter((jail) => hasOwnIgnoreip(config, jail));
	for (const scope of [null, ...own]) {
		const present = ignorePlace(config, scope)?.effective ?? [];
		for (const { address, comment } of missing(present, ignore))
			addEntries(config, scope, [address], comment, stamp, []);
	}
}

/** The longest time that the jails look back or ban for (seconds), as it is written. */
function longestTime(input: PlanInput): string {
	const times = input.choices.flatMap(({ jail }) => {
		const { findtime, bantime, maxtime } = valuesFor(input.preset, jail);
		return [findtime, bantime, ...(maxtime === null ? [] : [maxtime])];
	});
	return times.sort((one, other) => (parseTime(other) ?? 0) - (parseTime(one) ?? 0))[0] ?? '1d';
}

/** fail2ban forgets past bans after dbpurgeage; then none grows, and a restart sets none again. */
function keepLongEnough(config: EditedConfig, input: PlanInput): Pick<PlannedChange, 'expected' | 'changed'> {
	const { snapshot } = config;
	const from = snapshot.jails.serverOption('dbpurgeage')?.value ?? null;
	const to = longestTime(input);
	const database = snapshot.jails.serverOption('dbfile')?.value?.trim();
	const enough = (parseTime(from ?? serverDefaults.dbpurgeage) ?? 0) >= (parseTime(to) ?? 0);
	if (enough || database === 'None' || input.choices.length === 0) return { expected: [], changed: [] };
	const place = placeServerOption(snapshot.jails, snapshot.root, 'dbpurgeage');
	config.set(fileOf(snapshot, place, 'dbpurgeage'), 'Definition', 'dbpurgeage', to);
	return {
		expected: [{ jail: null, server: true, option: 'dbpurgeage', value: to }],
		changed: [{ option: 'dbpurgeage', from, to }],
	};
}

/** The preset whose values every enabled one of these jails has; null: none is enabled, or they differ. */
export function presetOf(jails: JailConfig, names: readonly string[]): Preset | null {
	const enabled = names.filter((jail) => isTrue(jails.option(jail, 'enabled')?.value));
	if (!enabled.some((jail) => jail !== 'recidive')) return null;
	return (
		presets.find((preset) => enabled.every((jail) => hasValues(jails, jail, valuesFor(preset, jail)))) ?? null
	);
}

function hasValues(jails: JailConfig, jail: string, values: PresetValues): boolean {
	const value = (name: string) => jails.option(jail, name)?.value?.trim() ?? '';
	const time = (name: string, wanted: string) => parseTime(value(name)) === parseTime(wanted);
	return (
		Number(value('maxretry')) === values.maxretry &&
		time('findtime', values.findtime) &&
		time('bantime', values.bantime) &&
		isTrue(value('bantime.increment')) === values.increment &&
		(values.maxtime === null || time('bantime.maxtime', values.maxtime))
	);
}
