import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { parseParams } from '../../../src/backend/routes/params.ts';
import { endpoints } from '../../../src/contract/index.ts';

const schema = Type.Object({
	jail: Type.String({ pattern: '^[a-z]{1,5}$', rule: 'Small letters.' }),
	count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
	on: Type.Optional(Type.Boolean()),
	why: Type.Optional(Type.String({ maxLength: 4 })),
});

function errorsOf(given: Record<string, unknown>): Record<string, string> {
	try {
		parseParams(schema, given);
	} catch (error) {
		return (error as { errors: Record<string, string> }).errors;
	}
	return {};
}

describe('parseParams', () => {
	it('brings the strings of PVE to their types', () => {
		expect(parseParams(schema, { jail: 'sshd', count: '7', on: '0' })).toEqual({
			jail: 'sshd',
			count: 7,
			on: false,
		});
		expect(parseParams(schema, { jail: 'sshd', count: 7, on: true })).toEqual({
			jail: 'sshd',
			count: 7,
			on: true,
		});
	});

	it.each([
		[{}, 'jail', 'Missing, but required.'],
		[{ jail: 'sshd\n' }, 'jail', 'Small letters.'],
		[{ jail: ['a', 'b'] }, 'jail', 'Must be a text.'],
		[{ jail: 'sshd', count: '10' }, 'count', 'Must be a whole number from 1 to 9.'],
		[{ jail: 'sshd', count: '1e1' }, 'count', "'1e1' is not a whole number."],
		[{ jail: 'sshd', count: '' }, 'count', "'' is not a whole number."],
		[{ jail: 'sshd', on: 'yes' }, 'on', "'yes' is not 0 or 1."],
		[{ jail: 'sshd', x: '1' }, 'x', 'Unknown parameter.'],
		[{ jail: 'sshd', constructor: '1' }, 'constructor', 'Unknown parameter.'],
		[JSON.parse('{"jail":"sshd","__proto__":"1"}'), '__proto__', 'Unknown parameter.'],
		[{ jail: 'sshd', on: ['1'] }, 'on', "'[…]' is not 0 or 1."],
		[{ jail: 'sshd', count: null }, 'count', "'null' is not a whole number."],
	])('refuses %j naming the parameter and the rule', (given, name, message) => {
		expect(Object.entries(errorsOf(given))).toEqual([[name, message]]);
	});

	it('counts characters as PVE does, an emoji as one', () => {
		expect(parseParams(schema, { jail: 'sshd', why: '😀😀üx' })).toMatchObject({ why: '😀😀üx' });
		expect(errorsOf({ jail: 'sshd', why: '😀😀üxy' })).toEqual({ why: 'Must be at most 4 characters.' });
	});

	it('answers for a value nested deeper than the stack', () => {
		let deep: unknown = 1;
		for (let depth = 0; depth < 100_000; depth++) deep = [deep];
		expect(errorsOf({ jail: 'sshd', count: deep }).count).toMatch(/not a whole number/);
	});

	it('names every bad parameter at once', () => {
		expect(Object.keys(errorsOf({ count: '0', on: '2', x: 1 })).sort()).toEqual(['count', 'jail', 'on', 'x']);
	});

	it('takes each option of a jail with dashes for dots', () => {
		const given = { jail: 'sshd', 'bantime-increment': '1', maxretry: '3' };
		expect(parseParams(endpoints.updateJail.params, given)).toEqual({
			jail: 'sshd',
			'bantime-increment': true,
			maxretry: 3,
		});
	});
});
