import { expect, test } from 'vitest';
import { answerOrder } from '../../../../src/ui/kit/answerOrder.ts';

test('shows each answer that comes in order, though newer ones are asked for already', () => {
	const ask = answerOrder();
	const answers = [ask(), ask(), ask()];
	expect(answers.map((isNews) => isNews())).toEqual([true, true, true]);
});

test('does not show an answer that was overtaken', () => {
	const ask = answerOrder();
	const [first, second, third] = [ask(), ask(), ask()];
	expect([second(), first(), third()]).toEqual([true, false, true]);
});
