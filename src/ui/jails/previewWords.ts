import type { JailPreview, PreviewedAddress } from '../../contract/types.ts';
import { count, encode, format, formatHtml, plural, sentences } from '../kit/text.ts';

export function critical(text: Encoded): Encoded {
	return `<span class="critical">${text}</span>`;
}

/** `Would be banned immediately: 14 addresses, including your address 192.0.2.17.`, the harm in red. HTML. */
export function previewText({ addresses: rows, total, 'at-once': atOnce, problem }: JailPreview): Encoded {
	const harm = rows
		.filter(({ own, what, banned }) => !banned && (own || what !== null))
		.map(({ ip, own, what }) =>
			critical(own ? formatHtml(gettext('your address {0}'), ip) : formatHtml('{0} ({1})', what, ip)),
		);
	const addresses = encode(
		total === 0 ? gettext('nobody') : format(plural(total, '{0} address', '{0} addresses'), count(total)),
	);
	const among = () =>
		// TRANSLATORS: {0}: "14 addresses", {1}: addresses
		Ext.String.format(encode(gettext('{0}, including {1}')), addresses, harm.join(', '));
	const named = harm.length === 0 ? addresses : harm.length === total ? harm.join(', ') : among();
	const when = atOnce
		? gettext('Would be banned immediately: {0}.')
		: gettext('Would be banned after one more failure: {0}.');
	return sentences(
		// nobody is the truth only where nothing was in the way
		problem !== null && total === 0 ? '' : Ext.String.format(encode(when), named),
		encode(problem),
	);
}

/** Why an address matters, for its row. */
export function remarkText({ own, what, banned }: PreviewedAddress): string {
	const parts = [own ? gettext('your address') : what, banned ? gettext('already banned') : null];
	return parts.filter(Boolean).join(', ');
}
