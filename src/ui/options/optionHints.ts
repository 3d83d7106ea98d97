import type { ValueKind } from '../../contract/kit/jailOptions.ts';
import { isAddress, isCidr, splitList } from '../kit/address.ts';
import { parseTime } from '../kit/time.ts';
import { isMultipliers } from './growth.ts';

/** Kinds of options, each with a field of its own. */
export type FieldKind = ValueKind;

interface Rule {
	/** In words, with unit and example. */
	text: string;
	holds(text: string): boolean;
	/** root@pam may do more. */
	free?: true;
}

const times = gettext('Use numbers with units: 90s, 10m, 1h 30m, 14d, 4w (s, m, h, d, w, mo, y).');

function isTime(text: string): boolean {
	const seconds = parseTime(text);
	return seconds !== null && seconds >= 0;
}

const rules: { [kind in FieldKind]?: Rule } = {
	time: { text: times, holds: isTime },
	bantime: { text: times, holds: (text) => isTime(text) || parseTime(text) === -1 },
	count: {
		text: gettext('Must be a whole number from 1 to 1000.'),
		holds: (text) => /^([1-9]\d{0,2}|1000)$/.test(text),
	},
	count0: {
		text: gettext('Must be a whole number from 0 to 1000.'),
		holds: (text) => /^(0|[1-9]\d{0,2}|1000)$/.test(text),
	},
	multipliers: {
		text: gettext('Whole numbers separated by spaces: 1 2 4 8'),
		holds: isMultipliers,
	},
	ignoreip: {
		text: gettext('Only IP addresses and CIDRs, separated by spaces or commas.'),
		holds: (text) => splitList(text).every((entry) => isAddress(entry) || isCidr(entry)),
		free: true,
	},
	port: {
		text: gettext('Names or numbers separated by commas, ranges with a colon: 22,5900:5999'),
		holds: (text) => /^[a-z0-9-]+(:\d+)?(,[a-z0-9-]+(:\d+)?)*$/.test(text),
		free: true,
	},
};

/** What a value of the kind must look like, in words; empty where the name says enough. */
export function ruleText(kind: FieldKind): string {
	return kind === 'lines' ? gettext('One per line') : (rules[kind]?.text ?? '');
}

/** Whether the text may be saved, else why not. A help while typing: the server decides. */
export function checkOption(kind: FieldKind, text: string, root: boolean): true | string {
	const rule = rules[kind];
	return !rule || (rule.free && root) || rule.holds(text.trim()) || rule.text;
}
