import { formatHtml } from '../kit/text.ts';

/** A question with what its change of files costs. */
export function withStops(question: Encoded, jails: readonly string[]): Encoded {
	const stops = gettext('These jails stop, and their banned addresses can connect again: {0}.');
	const parts = [question, jails.length > 0 && formatHtml(stops, jails.join(', '))];
	return parts.filter(Boolean).join('<br><br>');
}
