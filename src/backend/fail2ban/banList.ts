import type { Ban } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';

/** The fixed tail of a line, ` = YYYY-MM-DD HH:MM:SS`, and the start before the duration. */
const END_LENGTH = 22;
const START_LENGTH = 19;
const MINUTE = /^\d{4}-\d\d-\d\d \d\d:\d\d$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** The moments, in Unix seconds, that one minute on the clock may mean: two when the clock is put back. */
interface Minute {
	first: number;
	second: number | null;
}

/**
 * Parses the lines of `get J banip --with-time`: `IP \tYYYY-MM-DD HH:MM:SS + bantime = YYYY-MM-DD HH:MM:SS`,
 * both times local to the server and without a zone; it runs on this host, so our zone is its zone. In the
 * hour that the clock shows twice, the end of the ban tells which of the two is meant; where it does not
 * (a permanent ban), the first is taken.
 * @throws ServerError 'protocol' for a line of another form.
 */
export function parseBanList(lines: readonly unknown[]): Ban[] {
	// Bans come by the thousand and share their minutes, and reading a local time is what costs.
	const minutes = new Map<string, Minute>();
	return lines.map((line) => {
		if (typeof line !== 'string') throw unknownForm();
		// From the end, since what a filter bans instead of an address may hold anything.
		const end = line.length - END_LENGTH;
		const plus = line.lastIndexOf(' + ', end);
		const begin = plus - START_LENGTH;
		if (begin < 2 || !line.startsWith(' = ', end) || !line.startsWith(' \t', begin - 2)) throw unknownForm();
		const text = line.slice(begin, plus - 3);
		let minute = minutes.get(text);
		if (minute === undefined) {
			if (!MINUTE.test(text)) throw unknownForm();
			minute = momentsOf(text);
			minutes.set(text, minute);
		}
		const second = Number(line.slice(plus - 2, plus));
		const bantime = Number(line.slice(plus + 3, end));
		if (!Number.isInteger(second) || !Number.isInteger(bantime)) throw unknownForm();
		const later = bantime !== -1 && isSecond(minute, second + bantime, line.slice(end + 3));
		const since = (later ? (minute.second as number) : minute.first) + second;
		return { ip: line.slice(0, begin - 2), since, bantime, until: bantime === -1 ? null : since + bantime };
	});
}

function unknownForm(): ServerError {
	return new ServerError('protocol', 'fail2ban lists bans in an unknown form.');
}

function momentsOf(text: string): Minute {
	const wall = wallClock(text);
	const at = (from: number, length: number) => Number(text.slice(from, from + length));
	const first = new Date(at(0, 4), at(5, 2) - 1, at(8, 2), at(11, 2), at(14, 2)).getTime() / 1000;
	// Clocks are put back by an hour nearly everywhere, by 30 minutes on Lord Howe and by 2 hours at Troll.
	for (const shift of [3600, 1800, 7200]) {
		if (wallClockAt(first + shift) === wall) return { first, second: first + shift };
	}
	return { first, second: null };
}

/** Whether only the second moment leads to this end; fail2ban rounds start and end each for itself. */
function isSecond(minute: Minute, seconds: number, end: string): boolean {
	if (minute.second === null) return false;
	if (!TIME.test(end)) throw unknownForm();
	const clock = wallClock(end) + Number(end.slice(17));
	const meets = (moment: number) => Math.abs(wallClockAt(moment + seconds) - clock) <= 1;
	return !meets(minute.first) && meets(minute.second);
}

/** What the clock shows, `YYYY-MM-DD HH:MM`, as a number of seconds that knows no zone. */
function wallClock(text: string): number {
	const at = (from: number, length: number) => Number(text.slice(from, from + length));
	return Date.UTC(at(0, 4), at(5, 2) - 1, at(8, 2), at(11, 2), at(14, 2)) / 1000;
}

/** What the clock of this host shows at a moment, in the same measure. */
function wallClockAt(moment: number): number {
	return moment - new Date(moment * 1000).getTimezoneOffset() * 60;
}
