import { jailOptions } from '../../../contract/kit/jailOptions.ts';
import { JailConfig } from '../../config/layers.ts';
import { joinPath } from '../../config/paths.ts';
import { withoutCopied } from '../../config/reduceCopy.ts';
import { rootOnlyPlaces } from '../../config/revertRights.ts';
import type { FileEdit, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { JailCommands } from '../../files/jailCommands.ts';
import { withoutLog } from '../../files/judgeChange.ts';
import { overlay } from '../../files/overlay.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import type { IgnoreStamp } from '../edit/ignoreLines.ts';
import { changedOptions } from '../files/rawEdit.ts';
import { installedFilter } from '../filters/catalog.ts';
import { setOptions } from '../jails/plan.ts';
import { copiedDefaults } from './copiedDefaults.ts';
import { type FilterCopy, isLoose, ownFilter, watchesPve } from './filterCopies.ts';

export interface RepairSources {
	/** The enabled jails as `-d` reads them today; null: it cannot. */
	dumped: ReadonlyMap<string, JailCommands> | null;
	/** fail2ban can read the journal. */
	journal: boolean;
	/** Filters to remove, and what the packages ship in their place. */
	copies: readonly FilterCopy[];
	shipped: ReadonlyMap<string, string>;
	stamp: IgnoreStamp;
}

/** What the admin chose: it stays whatever is written. */
const kept = ['enabled', 'maxretry', 'findtime', 'bantime', 'ignoreip'];

/** Filters of log-ins that are told to the journal as well, and are found there without more. */
const inJournal = new Set(['sshd', 'pam-generic', ownFilter]);

const optionOf = (name: string) => {
	const option = jailOptions.find((one) => one.name === name);
	if (option === undefined) throw new Error(`no jail option ${name}`);
	return option;
};

/** The folder as it would be, so that what is written next goes where it will win. */
function withEdits(snapshot: ConfigSnapshot, edits: readonly FileEdit[]): ConfigSnapshot {
	const source = overlay(snapshot.source, snapshot.root, edits);
	return { ...snapshot, source, jails: new JailConfig(source, snapshot.root, snapshot.jails.version) };
}

function reducedCopy(snapshot: ConfigSnapshot): FileEdit[] {
	const copy = copiedDefaults(snapshot);
	if (copy === null) return [];
	const read = (file: string) => snapshot.source.read(joinPath(snapshot.root, file)) ?? '';
	const text = withoutCopied(read('jail.local'), read('jail.conf'), copy.needless);
	return [{ file: 'jail.local', text }];
}

/** Options of jails that a repair sets: another filter, and the journal for a jail without a log. */
function newValues(
	snapshot: ConfigSnapshot,
	{ dumped, journal }: RepairSources,
): Map<string, Map<string, string>> {
	const values = new Map<string, Map<string, string>>();
	for (const { jail, enabled, filter, backend } of configuredJails(snapshot)) {
		if (!enabled) continue;
		const wanted = new Map<string, string>();
		const better = watchesPve(snapshot, filter) && isLoose(snapshot, filter);
		if (better && installedFilter(snapshot, ownFilter) !== undefined) wanted.set('filter', ownFilter);
		const commands = dumped?.get(jail);
		const blind = commands !== undefined && withoutLog(commands) && !backend.startsWith('systemd');
		if (blind && journal && inJournal.has(wanted.get('filter') ?? filter)) wanted.set('backend', 'systemd');
		if (wanted.size > 0) values.set(jail, wanted);
	}
	return values;
}

function filterEdits({ copies, shipped }: RepairSources, after: ConfigSnapshot): FileEdit[] {
	const used = new Set(configuredJails(after).map(({ filter }) => filter));
	return copies.flatMap(({ file, filter, kind }): FileEdit[] => {
		if (kind === 'own-file') return used.has(filter) ? [] : [{ file, text: null, whole: true, conf: true }];
		const text = shipped.get(file);
		return text === undefined ? [] : [{ file, text, whole: true, conf: true }];
	});
}

/** What the repair comes to; no edits: nothing is to be done. Throws ApiError 400 as every write of an option. */
export function planRepair(snapshot: ConfigSnapshot, sources: RepairSources): PlannedChange {
	const first = reducedCopy(snapshot);
	const middle = withEdits(snapshot, first);
	const config = new EditedConfig(middle);
	for (const [jail, values] of newValues(middle, sources)) {
		const options = new Map([...values].map(([name, value]) => [optionOf(name), value]));
		setOptions(config, jail, options, sources.stamp);
	}
	const second = config.edits();
	const later = new Set(second.map(({ file }) => file));
	const local = [...first.filter(({ file }) => !later.has(file)), ...second];
	const after = withEdits(snapshot, local);
	const edits = [...local, ...filterEdits(sources, after)];
	const enabled = configuredJails(snapshot).flatMap((jail) => (jail.enabled ? [jail.jail] : []));
	const value = ({ jails }: ConfigSnapshot, jail: string, option: string) =>
		jails.option(jail, option)?.value ?? null;
	const expected = enabled.flatMap((jail) => [
		...kept.map((option) => ({ jail, option, value: value(snapshot, jail, option) })),
		...['backend', 'filter', 'banaction'].map((option) => ({
			jail,
			option,
			value: value(after, jail, option),
		})),
	]);
	const read = (file: string) => snapshot.source.read(joinPath(snapshot.root, file)) ?? '';
	const changed = enabled.flatMap((jail) =>
		[...kept, 'backend', 'filter', 'banaction'].flatMap((option) => {
			const [from, to] = [value(snapshot, jail, option), value(after, jail, option)];
			return from === to ? [] : [{ option: `${jail}/${option}`, from, to }];
		}),
	);
	return {
		edits,
		expected: edits.length === 0 ? [] : expected,
		changed:
			changed.length > 0
				? changed
				: edits.flatMap(({ file, text }) => changedOptions(read(file), text ?? '')),
		starts: enabled,
	};
}

/** What of the repair only root@pam may do. */
export function rootOnlyRepair(snapshot: ConfigSnapshot, edits: readonly FileEdit[]): string[] {
	return edits.flatMap(({ file, text }) => {
		const now = snapshot.source.read(joinPath(snapshot.root, file)) ?? null;
		return file.endsWith('.local') ? rootOnlyPlaces(file, now, text) : [file];
	});
}
