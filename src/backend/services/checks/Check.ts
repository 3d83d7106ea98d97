import type { CheckRow } from '../../../contract/types.ts';
import { type Message, told } from '../../kit/message.ts';

/** What a check finds; the id is given by the list of checks. */
export type CheckResult = Omit<CheckRow, 'id'>;

/** null: there is nothing to check here, e.g. no cluster. Throws Error with why it cannot be found out. */
export type Check = () => Promise<CheckResult | null> | CheckResult | null;

export function good(text: Message): CheckResult {
	return told({ state: 'good', text, hint: null, link: null });
}

export function issue(
	state: 'warning' | 'critical',
	text: Message,
	hint: Message | null,
	link: string | null = null,
): CheckResult {
	return told({ state, text, hint, link });
}

/** Thrown by a check that cannot find out what it is asked, with the reason in a sentence. */
export class CannotTell extends Error {
	constructor(readonly reason: Message) {
		super(String(reason));
		this.name = 'CannotTell';
	}
}
