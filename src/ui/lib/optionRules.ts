import type { ValueKind } from '../../contract/jailOptions.ts';
import { isAddress, isCidr, splitList } from './address.ts';
import { isMultipliers } from './growth.ts';
import { parseTime } from './time.ts';

/** Kinds of options that the edit window has fields for. */
export type FieldKind = Extract<
	ValueKind,
	'bool' | 'time' | 'bantime' | 'count' | 'multipliers' | 'ignoreip' | 'text'
>;

function timeRule(): string {
	return gettext('Use numbers with units: 90s, 10m, 1h 30m, 14d, 4w (s, m, h, d, w, mo, y).');
}

function isTime(text: string): boolean {
	const seconds = parseTime(text);
	return seconds !== null && seconds >= 0;
}

/**
 * Whether the text may be saved, else why not. A help while typing: the server decides. Only root@pam may
 * ignore host names and files.
 */
export function checkOption(kind: FieldKind, text: string, root: boolean): true | string {
	switch (kind) {
		case 'time':
			return isTime(text) || timeRule();
		case 'bantime':
			return isTime(text) || parseTime(text) === -1 || timeRule();
		case 'count':
			return /^[1-9]\d{0,2}$|^1000$/.test(text.trim()) || gettext('A whole number from 1 to 1000.');
		case 'multipliers':
			return isMultipliers(text) || gettext('Whole numbers separated by blanks: 1 2 4 8');
		case 'ignoreip': {
			const good = root || splitList(text).every((entry) => isAddress(entry) || isCidr(entry));
			return good || gettext('Only IP addresses and CIDRs, separated by blanks or commas.');
		}
		default:
			return true;
	}
}
