import { formatHtml } from '../lib/text.ts';

/** What a change of files costs, for the question before it; empty if no jail stops. */
export function stopsText(jails: readonly string[]): Encoded {
	if (jails.length === 0) {
		return '';
	}
	return `<br><br>${formatHtml(gettext('These jails stop, and their banned addresses can connect again: {0}.'), jails.join(', '))}`;
}
