import { expect, it } from 'vitest';
import { ApiError, invalidParams } from '../../../src/backend/kit/errors.ts';
import {
	enumerate,
	lines,
	messageOf,
	msg,
	msgN,
	sentences,
	told,
	toldText,
	verbatim,
} from '../../../src/backend/kit/message.ts';

it('is the English sentence with its arguments', () => {
	expect(String(msg("Jail '{0}' bans {1}, not {2}.", 'x{1}', 3))).toBe("Jail 'x{1}' bans 3, not {2}.");
	expect(String(msgN(1, '{0} ban of {1}', '{0} bans of {1}', 9))).toBe('1 ban of 9');
	expect(String(msgN(2, '{0} ban of {1}', '{0} bans of {1}', 9))).toBe('2 bans of 9');
	expect(String(sentences([msg('A.'), msg('B.'), verbatim('C {0}.')]))).toBe('A. B. C {0}.');
});

it('holds what a panel needs to say it in another language, with texts inside of it', () => {
	const { data } = msg('{0} could not be checked: {1}', msg('The service'), msgN(2, '{0} jail', '{0} jails'));
	expect(data).toEqual({
		id: '{0} could not be checked: {1}',
		args: [{ id: 'The service' }, { id: '{0} jail', plural: '{0} jails', n: 2, args: [2] }],
	});
});

it.each([
	[[], ''],
	[['a'], 'a'],
	[['a', 'b'], 'a and b'],
	[['a', 'b', 'c'], 'a, b and c'],
	[['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d and 2 more'],
])('lists %j as %j', (names, text) => {
	expect(String(enumerate(names))).toBe(text);
});

it('stands on lines of its own beside others, in an order that no language changes', () => {
	const { data } = lines([msg('A.'), msg('B.'), msg('C.')]);
	expect(String(lines([msg('A.'), msg('B.'), msg('C.')]))).toBe('A.\nB.\nC.');
	const id = '{0}\n{1}';
	expect(data).toEqual({ id, args: [{ id, args: [{ id: 'A.' }, { id: 'B.' }] }, { id: 'C.' }] });
});

/** Arrays and objects inside of each other; the reader of the API module, JSON::XS, takes 512. */
function depthOf(value: unknown): number {
	return typeof value === 'object' && value !== null
		? 1 + Math.max(0, ...Object.values(value).map(depthOf))
		: 0;
}

it.each([
	['lines', lines, '\n'],
	['sentences', sentences, ' '],
])('puts %s of thousands into one text that is flat enough to be read', (_name, join, between) => {
	const all = Array.from({ length: 5000 }, (_, at) => msg('Line {0}.', at));
	const text = join(all);
	expect(String(text)).toBe(all.map(String).join(between));
	expect(depthOf(text.data)).toBeLessThan(40);
	expect(join([]).data).toEqual(verbatim('').data);
});

it('is told as English beside what can be translated', () => {
	expect(told({ state: 'good', text: msg('A {0}', 1), hint: null, list: [msg('B')], none: [] })).toEqual({
		state: 'good',
		text: 'A 1',
		hint: null,
		list: ['B'],
		none: [],
		messages: { text: { id: 'A {0}', args: [1] }, list: [{ id: 'B' }] },
	});
	expect(told({ text: 'plain' })).toEqual({ text: 'plain' });
	expect(JSON.stringify({ text: msg('A') })).toBe('{"text":"A"}');
});

it('is the same text again, for another one to hold, after it was told', () => {
	const text = sentences([
		msgN(1, '{0} ban of {1}', '{0} bans of {1}', verbatim('x')),
		msgN(2, '{0} ban', '{0} bans'),
	]);
	const again = toldText(told({ text }));
	expect(String(again)).toBe('1 ban of x 2 bans');
	expect(again.data).toEqual(text.data);
	expect(toldText(told({ what: text }), 'what').data).toEqual(text.data);
	expect(toldText({ text: 'of {0} old' }).data).toEqual(verbatim('of {0} old').data);
});

it('stands in an error by the name of its parameter, the sentence of the error by none', () => {
	const error = invalidParams({ bantime: msg('{0} is too short.', '1s'), ip: 'as it is' });
	expect(error.message).toBe('bantime: 1s is too short.');
	expect(error.errors).toEqual({ bantime: '1s is too short.', ip: 'as it is' });
	const bantime = { id: '{0} is too short.', args: ['1s'] };
	expect(error.messages).toEqual({ '': { id: '{0}: {1}', args: ['bantime', bantime] }, bantime });
	expect(new ApiError(404, 'x', 'English only').messages).toEqual({});
});

it('is made of what a program in Python or the contract has, texts in texts too', () => {
	const reason = { id: 'It captures no address; use {0}.', args: ['<HOST>'] };
	const text = messageOf({ id: 'Expression {0}: {1}', args: [2, reason] });
	expect(String(text)).toBe('Expression 2: It captures no address; use <HOST>.');
	expect(text.data).toEqual({ id: 'Expression {0}: {1}', args: [2, reason] });
	expect(messageOf({ id: 'Letters only.' }).data).toEqual({ id: 'Letters only.' });
});
