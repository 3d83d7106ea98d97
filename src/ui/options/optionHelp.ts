import { encode, format } from '../kit/text.ts';
import { type FieldKind, ruleText } from './optionHints.ts';

/** The tooltip of an option: its name, what it may be, an example, and why it is greyed out. HTML. */
export function optionHelp(option: string, kind: FieldKind, example: string, why: string): Encoded {
	const lines = [ruleText(kind), example && format(gettext('Example: {0}'), example), why];
	return [`<b>${encode(option)}</b>`, ...lines.filter(Boolean).map(encode)].join('<br>');
}
