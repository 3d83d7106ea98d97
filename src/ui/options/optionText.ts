import type { OptionValue } from '../../contract/types.ts';
import { isTrue } from '../kit/isTrue.ts';
import { inherited, ownText, place } from '../kit/origin.ts';
import { format, startOf } from '../kit/text.ts';
import { parseTime, timeInWords } from '../kit/time.ts';
import type { FieldKind } from './optionHints.ts';

/** What a time comes to: `14 days`, `permanent`; null for other kinds and what is no time. */
export function meaning(kind: FieldKind, text: string): string | null {
	const seconds = kind === 'time' || kind === 'bantime' ? parseTime(text) : null;
	if (seconds === null) {
		return null;
	}
	if (seconds < 0) {
		return kind === 'bantime' ? gettext('permanent') : null;
	}
	return timeInWords(seconds);
}

/** The value as people say it: check boxes hold 1 and true. */
export function spoken(kind: FieldKind, value: string): string {
	if (kind === 'bool' && value !== '') {
		return isTrue(value) ? gettext('Yes') : gettext('No');
	}
	return kind === 'bantime' && value === '-1' ? gettext('permanent') : value;
}

/** Expressions may be long, and a tooltip shows no more of them than this. */
const longest = 60;

/** What clearing the field does: `10m (jail.conf:104)`, or that nothing is set then. */
function afterReset(kind: FieldKind, option: OptionValue): string {
	const { value, place: where } = inherited(option);
	const whole = value === '' ? gettext('not set') : spoken(kind, value);
	const said = whole.length > longest ? `${startOf(whole, longest)}…` : whole;
	return where === '' ? said : format(gettext('{0} ({1})'), said, where);
}

/** Tooltip of the trigger that clears the field. */
export function resetText(kind: FieldKind, option: OptionValue): string {
	return format(gettext('Reset to {0}'), afterReset(kind, option));
}

/** The question before an option is reset. */
export function resetQuestion(label: string, kind: FieldKind, option: OptionValue): string {
	return format(gettext('Reset {0} to {1}?'), label, afterReset(kind, option));
}

function willBeWritten({ target }: OptionValue): string {
	return target ? format(gettext('will be written to {0}'), target) : gettext('will be written');
}

/** Which file says what holds now. */
function holdsNow(option: OptionValue, value: string): string {
	return place(option) || (value === '' ? gettext('not set') : gettext('fail2ban default'));
}

/**
 * The text beside a field: what its value means and which file says so, or where it will be written. `typed` is
 * the text in the field, empty for inherit.
 */
export function originText(kind: FieldKind, option: OptionValue, typed: string): string {
	if (option['blocked-by']) {
		return format(gettext('{0} is read later and overrides it'), place(option['blocked-by']));
	}
	const text = typed.trim();
	const changed = text !== ownText(option).trim();
	if (changed && text === '') {
		return format(gettext('will be reset to {0}'), afterReset(kind, option));
	}
	const value = text === '' ? (option.value ?? option.raw ?? '') : text;
	const words = meaning(kind, text === '' || changed ? value : (option.value ?? value));
	const where = changed ? willBeWritten(option) : holdsNow(option, value);
	// TRANSLATORS: {0}: what a value means, e.g. "14 days"; {1}: the file that sets it
	return words === null ? where : format(gettext('= {0}, {1}'), words, where);
}
