import type { MessageData } from '../../contract/kit/message.ts';
import program from '../../python/test_lines.py';
import type { CommandResult, RunCommand } from '../fail2ban/Fail2banCommands.ts';
import { type Message, messageOf, msg, TextError } from '../kit/message.ts';
import type { LineSource, TestedExpressions } from './LineSource.ts';
import { underSetpriv } from './underSetpriv.ts';

/** Seconds of processor time for the matching, and seconds in all. */
const limitsSeconds = { cpu: 3, wall: 6 };

/** Milliseconds after which a program that heeds neither is killed. */
const killAfterMs = 10_000;

/** Characters: of one line in the answer, and of all lines, as Proxmox VE takes no answer above 1.5 MiB. */
const longest = 4000;
const size = 900_000;

export interface TestTask {
	source: LineSource;
	/** Lines to test at most, the newest ones. */
	limit: number;
	filter: TestedExpressions;
	/** Which results to answer, and how many lines of them at most. */
	show: 'all' | TestedLine['result'];
	shown: number;
}

export interface TestedLine {
	text: string;
	result: 'matched' | 'missed' | 'ignored';
	ip: string | null;
	time: number | null;
	regex: number | null;
	ignoredBy: number | null;
	/** Why it was missed; `no-failure`: ignored, as the expression that matched alone is no failure. */
	why: 'prefregex' | 'failregex' | 'no-failure' | null;
	/** A journal entry that the filter's own matches do not read. */
	unread: boolean;
	groups: Record<string, string>;
	spans: { start: number; end: number; name: string }[];
}

interface TestedRegex {
	regex: string;
	hits: number;
}

interface TestReport {
	/** Oldest first. */
	lines: TestedLine[];
	counts: { matched: number; missed: number; ignored: number; total: number };
	prefregex: TestedRegex | null;
	failregex: TestedRegex[];
	ignoreregex: TestedRegex[];
	truncated: boolean;
	older: boolean;
	stopped: 'cpu' | 'memory' | 'time' | null;
	stoppedAt: string | null;
}

/** Why a test came to nothing: a faulty expression, or lines that cannot be read. */
export class TestFault extends TextError {
	/** @param param `failregex`, `ignoreregex`, `prefregex`, `datepattern`, `source`, or `journalmatch` */
	constructor(
		readonly param: string,
		message: string | Message,
	) {
		super(message);
		this.name = 'TestFault';
	}
}

/** Tries expressions on lines. The seam that unit tests replace. */
export type TestLines = (task: TestTask) => Promise<TestReport>;

/**
 * Runs each test as a process of its own: root opens the lines, and `nobody` without any right, with bounded
 * processor time and memory matches them, by fail2ban's own engine.
 * @param python fail2ban-python, which finds fail2ban's modules
 */
export function createTestLines(run: RunCommand, python: string): TestLines {
	return async (task) => {
		const input = JSON.stringify({ ...task, ...limitsSeconds, longest, size });
		const result = await run('setpriv', underSetpriv(python, program), { input, timeout: killAfterMs });
		const report = readReport(result) ?? cutShort(result, task);
		if ('fault' in report) throw new TestFault(report.fault.param, messageOf(report.fault.message));
		if ('early' in report) return nothing(task, report.early === 'cpu' ? 'cpu' : 'time');
		return report;
	};
}

type Report = TestReport | { fault: { param: string; message: MessageData } } | { early: string };

function readReport({ stdout }: CommandResult): Report | null {
	try {
		return JSON.parse(stdout) as Report;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return null;
	}
}

/** Ended by the limit behind the timer, or by the kernel for want of memory; we kill only when the time is up. */
function cutShort({ exit, signal, timedOut, stderr }: CommandResult, task: TestTask): TestReport {
	if (timedOut) return nothing(task, 'time');
	if (signal === 'SIGXCPU') return nothing(task, 'cpu');
	if (signal === 'SIGKILL') return nothing(task, 'memory');
	const last = stderr.trim().split('\n').at(-1);
	if (last?.startsWith('MemoryError')) return nothing(task, 'memory');
	throw new TextError(msg('The test failed: {0}', last || `exit ${exit ?? signal}`));
}

function nothing({ filter }: TestTask, stopped: TestReport['stopped']): TestReport {
	const none = (regexes: string[]) => regexes.map((regex) => ({ regex, hits: 0 }));
	return {
		lines: [],
		counts: { matched: 0, missed: 0, ignored: 0, total: 0 },
		prefregex: none([filter.prefregex].filter(Boolean))[0] ?? null,
		failregex: none(filter.failregex),
		ignoreregex: none(filter.ignoreregex),
		truncated: false,
		older: false,
		stopped,
		stoppedAt: null,
	};
}
