import type { TestAnswer, TestLine } from '../../../contract/types.ts';
import { shownLines } from '../../../contract/workbench.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import { limited } from '../../kit/limited.ts';
import { msg, told } from '../../kit/message.ts';
import type { LineSource } from '../../runs/LineSource.ts';
import { type TestedLine, TestFault, type TestLines } from '../../runs/testLines.ts';
import { entryWords } from '../edit/ignoreLines.ts';
import type { Services } from '../kit/call.ts';
import { hideInText, hideValues, secretValues } from '../kit/secrets.ts';
import { testedExpressions } from './testedExpressions.ts';
import { testedFilter } from './testedFilter.ts';
import { type TestSource, testSource } from './testSource.ts';

/** Lines to test when the call does not say. */
const usualLimit = 5000;

/** Tests at the same time; each may take a processor for some seconds. */
const parallel = 2;

export interface TestDeps {
	files: ConfigFiles;
	testLines: TestLines;
	/** Where others than root@pam may read log files. */
	logFolders: readonly string[];
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	/** Unix milliseconds. */
	now: () => number;
}

export function testFilterService(deps: TestDeps): Services['testFilter'] {
	const { files, testLines, logFolders, ownAddresses, now } = deps;
	const places = limited(parallel);
	return async ({ params, caller }) => {
		const snapshot = files.snapshot();
		const source = testSource(snapshot, params, { below: caller.root ? null : logFolders, now: now() });
		const filter = testedFilter(snapshot, params, source.journal);
		if (places.full())
			throw new ApiError(503, 'busy', msg('Other tests are running; try again in a moment.'));
		const hide = (text: string) =>
			caller.root || params.jail === undefined ? text : hideValues(text, secretValues(snapshot, params.jail));
		const start = performance.now();
		try {
			const { lines, stoppedAt, ...report } = await places.run(() =>
				testLines({
					source: comparedLines(source, params.source, filter.journalmatch),
					limit: params.limit ?? usualLimit,
					filter: testedExpressions(filter, source),
					show: params.show ?? 'all',
					shown: shownLines,
				}),
			);
			const ignored = jailIgnores(snapshot, params.jail, ownAddresses);
			const regexes = (list: TestAnswer['failregex']) =>
				list.map(({ regex, hits }) => ({ regex: hide(regex), hits }));
			const data: TestAnswer = told({
				...report,
				lines: lines.map((line): TestLine => {
					const { ignoredBy, ...rest } = line;
					return { ...rest, 'ignored-by': ignoredBy, 'jail-ignored': ignored(line) };
				}),
				prefregex: regexes(report.prefregex ? [report.prefregex] : [])[0] ?? null,
				failregex: regexes(report.failregex),
				ignoreregex: regexes(report.ignoreregex),
				duration: Math.round(performance.now() - start),
				'stopped-at': stoppedAt,
				source: source.words,
			});
			return { data };
		} catch (error) {
			throw error instanceof TestFault ? tellFault(error, source, hide) : error;
		}
	};
}

/** Of entries that somebody chose it is said which ones the filter's jail would read. */
function comparedLines({ lines }: TestSource, named: string, read: string[][]): LineSource {
	return named === 'journalmatch' && lines.kind === 'journal' ? { ...lines, read } : lines;
}

/** The program knows the source, but not which parameter named it. */
function tellFault({ param, text }: TestFault, source: TestSource, hide: (text: string) => string): ApiError {
	return invalidParams({ [param === 'source' ? source.param : param]: hideInText(text, hide) });
}

/** Whether the jail would not ban the address of a line. Host names are not looked up. */
function jailIgnores(
	{ jails }: ConfigSnapshot,
	jail: string | undefined,
	ownAddresses: () => string[],
): (line: TestedLine) => boolean {
	if (jail === undefined) return () => false;
	const words = entryWords(jails.option(jail, 'ignoreip')?.value ?? '');
	const ignoresSelf = isTrue(jails.option(jail, 'ignoreself')?.value ?? jailDefaults.ignoreself);
	const ignored = new NetworkSet([...words, ...(ignoresSelf ? ownAddresses() : [])]);
	return ({ ip }) => ignored.covers(ip);
}
