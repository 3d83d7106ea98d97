import { effectiveFilter } from '../../config/effectiveFilter.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { overlay } from '../../files/overlay.ts';
import { ApiError } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import { TestFault, type TestLines, type TestTask } from '../../runs/testLines.ts';
import type { EditedConfig } from '../edit/EditedConfig.ts';
import { testedExpressions } from '../workbench/testedExpressions.ts';
import { testSource } from '../workbench/testSource.ts';

/** What a jail's filter finds in its log. */
export interface Detected {
	/** Failed log-ins. */
	matched: number;
	/** Lines that were looked at. */
	total: number;
	/** There are more lines than were looked at. */
	older: boolean;
	/** The newest failures, newest first. */
	newest: { text: string; ip: string | null; time: number | null }[];
	/** What was read, in words. */
	source: string;
}

export interface DetectionDeps {
	testLines: TestLines;
	/** Where log files must stand; null: anywhere. */
	below: readonly string[] | null;
	/** Unix milliseconds. */
	now: () => number;
}

/** How far back is counted, as fail2ban writes times. */
export const countedTime = '7d';

/** Lines that one jail's filter is tried on at most, the newest ones. */
const maxLines = 20_000;

/** Newest failures that are told. */
const maxFailures = 3;

/** The files as they will be, for a look at what the jails then find. */
export function snapshotOf(config: EditedConfig): ConfigSnapshot {
	const { snapshot, jails } = config;
	const source = overlay(snapshot.source, snapshot.root, config.edits());
	return { ...snapshot, source, jails };
}

/** What to try of a jail. Throws ApiError for a jail whose filter or log cannot be told. */
export function detectionTask(
	snapshot: ConfigSnapshot,
	jail: string,
	deps: DetectionDeps,
): TestTask & { words: string } {
	const source = testSource(
		snapshot,
		{ source: 'jail', jail, since: countedTime },
		{ below: deps.below, now: deps.now() },
	);
	const filter = effectiveFilter(snapshot.jails, jail);
	if ('error' in filter) throw new ApiError(400, 'invalid', msg("Jail '{0}': {1}", jail, filter.error));
	return {
		source: source.lines,
		limit: maxLines,
		filter: testedExpressions(filter, source),
		show: 'matched',
		shown: maxFailures,
		words: String(source.words),
	};
}

/** Runs the filter of a jail over its log. Throws Error with why that is not possible. */
export async function detect(snapshot: ConfigSnapshot, jail: string, deps: DetectionDeps): Promise<Detected> {
	const { words, ...task } = detectionTask(snapshot, jail, deps);
	try {
		const { counts, older, stopped, lines } = await deps.testLines(task);
		return {
			matched: counts.matched,
			total: counts.total,
			older: older || stopped !== null,
			newest: lines.map(({ text, ip, time }) => ({ text, ip, time })).reverse(),
			source: words,
		};
	} catch (error) {
		throw error instanceof TestFault ? new Error(error.message) : error;
	}
}
