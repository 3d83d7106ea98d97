import type { TestAnswer } from '../../contract/types.ts';
import { count, format, plural } from '../kit/text.ts';

/** `1,204 lines: 37 matched, 1,160 missed, 7 ignored (0.4 s)` */
export function countsText({ counts, duration }: TestAnswer): string {
	return format(
		plural(
			counts.total,
			'{0} line: {1} matched, {2} missed, {3} ignored ({4} s)',
			'{0} lines: {1} matched, {2} missed, {3} ignored ({4} s)',
		),
		count(counts.total),
		count(counts.matched),
		count(counts.missed),
		count(counts.ignored),
		(duration / 1000).toFixed(1),
	);
}

/** What the list of lines does not show by itself, a sentence each. */
export function testNotes({
	truncated,
	older,
	stopped,
	'stopped-at': stoppedAt,
	lines,
}: TestAnswer): string[] {
	const why = {
		cpu: gettext('The expression took longer than 3 s and was stopped.'),
		memory: gettext('The expression took too much memory and was stopped.'),
		time: gettext('The test took too long and was stopped.'),
	};
	return [
		...(stopped ? [why[stopped]] : []),
		...(stoppedAt ? [format(gettext('It was stopped at the line: {0}'), stoppedAt)] : []),
		...(older ? [gettext('Older lines of this time were not tested.')] : []),
		...(truncated ? [format(gettext('Only the last {0} lines are shown.'), count(lines.length))] : []),
	];
}
