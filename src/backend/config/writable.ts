import { type Message, msg } from '../kit/message.ts';
import { ConfigError } from './ConfigError.ts';
import { inlineComment, strip } from './pythonText.ts';

/** Tab is no trouble inside a line; half a surrogate pair cannot be encoded as UTF-8. */
const unwritable = /(?!\t)[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Why one line of a value cannot be written so that fail2ban reads it back; null: it can. */
function valueLineFault(line: string): Message | null {
	if (unwritable.test(line)) return msg('The value must not contain control characters.');
	if (strip(line) !== line) return msg('The value begins or ends with white space, which fail2ban strips.');
	if (/^[#;]/.test(line))
		return msg('A line of the value starts with # or ;, which fail2ban takes for a comment.');
	if (inlineComment(line) !== -1) {
		return msg('The value has a ; after white space, which fail2ban takes for a comment.');
	}
	return null;
}

/** Why a value cannot be written; its lines are joined by \n, the first one may be empty. */
export function valueFault(lines: readonly string[]): Message | null {
	if (lines.length === 0) return msg('The value has no line.');
	if (lines.length > 1 && lines.at(-1) === '')
		return msg('The value ends with an empty line, which fail2ban strips.');
	for (const line of lines) {
		const fault = valueLineFault(line);
		if (fault) return fault;
	}
	return null;
}

export function commentFault(comment: string): Message | null {
	if (unwritable.test(comment))
		return msg('The comment must not contain line breaks or other control characters.');
	return strip(comment) === comment ? null : msg('The comment begins or ends with white space.');
}

/** @throws ConfigError 'bad-option' */
export function checkOptionName(option: string): void {
	if (/^[^\s=:#;[\]%()]+$/.test(option) && !unwritable.test(option)) return;
	throw new ConfigError('bad-option', msg("'{0}' cannot be the name of an option.", option), { option });
}

/** @throws ConfigError 'bad-section' */
export function checkSectionName(section: string): void {
	if (section !== '' && !/[[\]]/.test(section) && valueLineFault(section) === null) return;
	throw new ConfigError('bad-section', msg("'{0}' cannot be the name of a section.", section), { section });
}
