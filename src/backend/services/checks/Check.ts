import type { CheckRow } from '../../../contract/types.ts';

/** What a check finds; the id is given by the list of checks. */
export type CheckResult = Omit<CheckRow, 'id'>;

/** null: there is nothing to check here, e.g. no cluster. Throws Error with why it cannot be found out. */
export type Check = () => Promise<CheckResult | null> | CheckResult | null;

export function good(text: string): CheckResult {
	return { state: 'good', text, hint: null, link: null };
}

export function issue(
	state: 'warning' | 'critical',
	text: string,
	hint: string,
	link: string | null = null,
): CheckResult {
	return { state, text, hint, link };
}

/** `a`, `a and b`, `a, b and 3 more`; with another word than `and`. */
export function enumerate(names: readonly string[], most = 4, word: 'and' | 'or' = 'and'): string {
	const shown = names.slice(0, most);
	const rest = names.length - shown.length;
	const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
	const last = parts.pop() ?? '';
	return parts.length > 0 ? `${parts.join(', ')} ${word} ${last}` : last;
}
