import { format, plural } from '../kit/text.ts';
import { parseTime, shortTime, timeInWords } from '../kit/time.ts';
import { banTimes } from '../options/growth.ts';

/** What the three numbers of a jail come to, in a sentence; empty while one of them is none. */
export function banSentence(maxretry: string, findtime: string, bantime: string): string {
	const failures = Number(maxretry);
	const within = parseTime(findtime);
	const length = parseTime(bantime);
	if (!(failures > 0) || within === null || within < 0 || length === null) {
		return '';
	}
	const args = [failures, timeInWords(within), timeInWords(Math.max(0, length))];
	if (length < 0) {
		return format(
			plural(
				failures,
				'{0} failure within {1} bans the address permanently.',
				'{0} failures within {1} ban the address permanently.',
			),
			...args,
		);
	}
	return format(
		plural(
			failures,
			'{0} failure within {1} bans the address for {2}.',
			'{0} failures within {1} ban the address for {2}.',
		),
		...args,
	);
}

/** Options of a jail that make its bans grow, as text; empty for what is not set. */
export interface GrowthTexts {
	bantime: string;
	multipliers: string;
	factor: string;
	formula: string;
	maxtime: string;
}

/** `Bans last 1h, 2h, 4h, 8h … up to 4w`; empty where it cannot be told, as with a formula of one's own. */
export function growthSentence({ bantime, multipliers, factor, formula, maxtime }: GrowthTexts): string {
	const first = parseTime(bantime);
	const longest = maxtime === '' ? null : parseTime(maxtime);
	const times = factor === '' ? 1 : Number(factor);
	const unknown = (formula !== '' && multipliers === '') || (maxtime !== '' && longest === null);
	if (first === null || unknown || !(times > 0)) {
		return '';
	}
	if (first < 0) {
		return gettext('A permanent ban does not grow.');
	}
	const shown = 4;
	const growth = banTimes({ bantime: first, multipliers, factor: times, maxtime: longest }, shown);
	const text = growth.map(shortTime).join(', ');
	return longest === null
		? // TRANSLATORS: {0}: four times, e.g. 1h, 2h, 4h, 8h
			format(gettext('Bans last {0} …'), text)
		: // TRANSLATORS: {0}: four times, {1}: the longest one
			format(gettext('Bans last {0} … up to {1}'), text, maxtime.trim());
}
