import { jailDefaults } from '../config/fail2banDefaults.ts';
import { type Answer, type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import type { RunningDifference } from './compareRunning.ts';
import type { JailCommands } from './jailCommands.ts';

/** What the server says of a jail that has no pattern of its own, and of one with more than two. */
const manyPatterns = 'Default Detectors';

/** Asked of each jail. */
const asked = ['datepattern', 'maxlines', 'logtimezone', 'logpath', 'journalmatch'] as const;

/**
 * How a jail reads its lines, as far as the server tells: date pattern, lines at once, time zone, and whether it reads
 * files or the journal. Not to be seen: which of fail2ban's own date patterns are tried, one of two patterns, the log's
 * encoding, and whether files are watched by polling or by pyinotify.
 * @throws ServerError
 */
export async function sourceDifferences(
	server: Fail2banServer,
	jails: readonly JailCommands[],
	timeout: number,
): Promise<RunningDifference[]> {
	const answers = await server.pipeline(
		jails.flatMap(({ jail }) => asked.map((option) => ['get', jail, option])),
		{ timeout },
	);
	return jails.flatMap((commands, nth) => {
		const mine = answers.slice(nth * asked.length, (nth + 1) * asked.length);
		// a jail that has just gone is told elsewhere
		const told = mine.filter((answer): answer is Answer => !(answer instanceof ServerError));
		return told.length < asked.length ? [] : compareSource(commands, told);
	});
}

function compareSource(
	{ jail, backend, settings }: JailCommands,
	[datepattern, maxlines, logtimezone, logpath, journalmatch]: Answer[],
): RunningDifference[] {
	const found: RunningDifference[] = [];
	const differ = (option: string, running: string | null, configured: string | null) =>
		found.push({ jail, option, running, configured });
	const pattern = settings.get('datepattern') ?? null;
	if (!sameDatePattern(pattern, datepattern)) differ('datepattern', patternText(datepattern), pattern);
	const lines = settings.get('maxlines') ?? jailDefaults.maxlines;
	if (String(maxlines) !== lines) differ('maxlines', String(maxlines), lines);
	const zone = settings.get('logtimezone') ?? null;
	const zoneNow = logtimezone === null ? null : String(logtimezone);
	if (zoneNow !== zone) differ('logtimezone', zoneNow, zone);
	const reads = hasEntries(logpath) ? 'files' : hasEntries(journalmatch) ? 'systemd' : null;
	if (reads !== null && (reads === 'systemd') !== backend.startsWith('systemd'))
		differ('backend', reads, backend);
	return found;
}

function hasEntries(answer: Answer | undefined): boolean {
	return Array.isArray(answer) && answer.length > 0;
}

function patternText(answer: Answer | undefined): string | null {
	if (!Array.isArray(answer)) return null;
	const [pattern, name] = answer;
	return String(pattern ?? name);
}

/**
 * Whether a running date pattern is the one configured.
 * @param configured as `-d` prints it, a pattern a line; null: none
 * @param running pattern and name, as `get J datepattern` answers; null: none
 */
export function sameDatePattern(configured: string | null, running: Answer | undefined): boolean {
	const [pattern, name] = Array.isArray(running) ? running.map((part) => part ?? null) : [null, manyPatterns];
	const lines = (configured ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
	if (lines.length === 0 || lines.length > 2 || lines.some(standsForMany)) return name === manyPatterns;
	// of two the one is told that matched more often
	return lines.some((line) => isPattern(line, pattern ?? null, String(name)));
}

function isPattern(line: string, pattern: Answer, name: string): boolean {
	const text = keyOf(line);
	if (text === '{NONE}') return pattern === '{UNB}^';
	if (pattern === null) {
		const word = /EPOCH|TAI64N/.exec(text)?.[0];
		return word !== undefined && name.toUpperCase().includes(word);
	}
	// patterns without a percent sign are kept in the case in which they were first seen
	return keyOf(String(pattern)) === text;
}

/** fail2ban takes a pattern without a percent sign in any case. */
function keyOf(pattern: string): string {
	return pattern.includes('%') ? pattern : pattern.toUpperCase();
}

/** It brings all of fail2ban's own patterns, or those for the start of a line. */
function standsForMany(line: string): boolean {
	const key = keyOf(line);
	return key === '{^LN-BEG}' || key === '{DEFAULT}' || key.includes('{DATE}');
}
