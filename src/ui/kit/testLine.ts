import type { TestLine, TestSpan } from '../../contract/types.ts';
import { encode, format } from './text.ts';

// a selected row may have the same ground, so the address has a line below it, too
const addressStyle = 'background:var(--pwt-gauge-default,#c2ddf2);border-bottom:2px solid';
const groupStyle = 'border-bottom:1px dotted';

// An attacker may have written these: unseen, or turning the direction of what follows.
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** HTML of a piece of a log line, with what cannot be seen as `\x1b` or `\u202e`. */
function visible(text: string): Encoded {
	return encode(
		text.replace(unseen, (char) => {
			const code = char.codePointAt(0)?.toString(16) ?? '';
			return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
		}),
	);
}

/** A log line as HTML: the address on a ground of its own, other groups underlined. */
export function markLine(text: string, spans: TestSpan[]): Encoded {
	const cuts = new Set([0, text.length]);
	for (const { start, end } of spans) {
		cuts.add(start);
		cuts.add(end);
	}
	const places = [...cuts].filter((place) => place >= 0 && place <= text.length).sort((a, b) => a - b);
	return places
		.slice(1)
		.map((end, index) => {
			const start = places[index] as number;
			const piece = visible(text.slice(start, end));
			const over = spans.filter((span) => span.start <= start && span.end >= end && span.start < span.end);
			if (over.length === 0) {
				return piece;
			}
			const isAddress = over.some(({ name }) => name === 'ip');
			return `<span style="${isAddress ? addressStyle : groupStyle}">${piece}</span>`;
		})
		.join('');
}

/** Why a line is no failure, or one in vain; empty: nothing to say. */
export function whyText({ why, unread }: TestLine): string {
	const words = {
		prefregex: gettext('prefregex did not match'),
		failregex: gettext('no failregex matched'),
		'no-failure': gettext('no failure by itself'),
	};
	return [...(why ? [words[why]] : []), ...(unread ? [gettext('not read: journalmatch')] : [])].join(', ');
}

/** What is known of a line, as HTML for its tooltip: expression, time, groups. */
export function lineTip(line: TestLine): Encoded {
	const {
		result,
		regex,
		'ignored-by': ignoredBy,
		time,
		groups,
		'jail-ignored': jailIgnored,
		why,
		unread,
	} = line;
	const hit = (option: string, index: number | null) =>
		index === null ? [] : [format(gettext('{0}, expression {1}'), option, index + 1)];
	const words = { matched: gettext('matched'), missed: gettext('missed'), ignored: gettext('ignored') };
	return [
		why ? `${words[result]}: ${whyText({ ...line, unread: false })}` : words[result],
		...hit('failregex', regex),
		...hit('ignoreregex', ignoredBy),
		...(jailIgnored ? [gettext("On the jail's ignore list: not banned.")] : []),
		...(why === 'no-failure' ? [gettext('It only adds to other lines of the same connection.')] : []),
		...(unread
			? [gettext('Excluded by the saved journalmatch, so jails with this filter never see it.')]
			: []),
		...(result === 'missed' && time === null
			? [gettext('No date was found; expressions also see what is in its place.')]
			: []),
		...(time === null ? [] : [Proxmox.Utils.render_timestamp(time)]),
		...Object.entries(groups).map(([name, value]) => `${name}: ${value}`),
	]
		.map(visible)
		.join('<br>');
}
