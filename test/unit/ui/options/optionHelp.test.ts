import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { OptionValue } from '../../../../src/contract/types.ts';
import { ownText } from '../../../../src/ui/kit/origin.ts';
import { optionHelp } from '../../../../src/ui/options/optionHelp.ts';

describe('optionHelp', () => {
	it('tells the option’s name, its rule, an example, and why it is greyed out', () => {
		expect(optionHelp('maxretry', 'count', '', '')).toBe(
			'<b>maxretry</b><br>Must be a whole number from 1 to 1000.',
		);
		expect(optionHelp('chain', 'text', '<x>', 'Not now.')).toBe(
			'<b>chain</b><br>Example: &lt;x&gt;<br>Not now.',
		);
	});
});

describe('ownText', () => {
	const own = (raw: string) => ownText({ own: true, raw, value: 'x' } as OptionValue);

	it('shows a filter that follows the option mode by its name, and else what is written', () => {
		expect(own('sshd[mode=%(mode)s]')).toBe('sshd');
		expect(own('sshd[mode=ddos]')).toBe('sshd[mode=ddos]');
		expect(own('10m')).toBe('10m');
	});
});
