import type { JailPreview, PreviewedAddress } from '../../contract/types.ts';
import { count, encode, format, formatHtml, plural } from '../kit/text.ts';

export function critical(text: Encoded): Encoded {
	return `<span class="critical">${text}</span>`;
}

/** `Would be banned at once: 14 addresses, among them your address 192.0.2.17`, the harm in red. HTML. */
export function previewText({ addresses, total, atOnce, problem }: JailPreview): Encoded {
	const harm = addresses
		.filter(({ own, what, banned }) => !banned && (own || what !== null))
		.map(({ ip, own, what }) =>
			critical(own ? formatHtml(gettext('your address {0}'), ip) : formatHtml('{0} ({1})', what, ip)),
		);
	const whom =
		total === 0 ? gettext('nobody') : format(plural(total, '{0} address', '{0} addresses'), count(total));
	const among = `${encode(whom)}, ${encode(gettext('among them'))} ${harm.join(', ')}`;
	const named = harm.length === 0 ? encode(whom) : harm.length === total ? harm.join(', ') : among;
	const when = atOnce
		? gettext('Would be banned at once:')
		: gettext('Would be banned at their next failure:');
	const sentences = [
		// nobody is the truth only where nothing was in the way
		...(problem !== null && total === 0 ? [] : [`${encode(when)} ${named}`]),
		...(problem === null ? [] : [encode(problem)]),
	];
	return sentences.join('. ');
}

/** Why an address matters, for its row. */
export function remarkText({ own, what, banned }: PreviewedAddress): string {
	const parts = [own ? gettext('your address') : what, banned ? gettext('banned already') : null];
	return parts.filter(Boolean).join(', ');
}
