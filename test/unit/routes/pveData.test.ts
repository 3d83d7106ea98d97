import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { pveSchema } from '../../../build/apiJson.ts';
import { pveEncoder } from '../../../src/backend/routes/pveData.ts';
import { answerProblems } from '../../support/heldAnswer.ts';

const flag = Type.Boolean();

describe('pveEncoder', () => {
	it('sends booleans as 0 and 1, wherever the schema has them, and nothing else otherwise', () => {
		const schema = Type.Object({
			on: flag,
			perhaps: Type.Union([flag, Type.Null()]),
			left: Type.Optional(flag),
			rows: Type.Array(Type.Object({ on: flag, text: Type.String() })),
			named: Type.Record(Type.String(), Type.Object({ on: flag })),
		});
		const encode = pveEncoder(schema);
		expect(
			encode?.({ on: true, perhaps: null, rows: [{ on: false, text: 'true' }], named: { a: { on: true } } }),
		).toEqual({ on: 1, perhaps: null, rows: [{ on: 0, text: 'true' }], named: { a: { on: 1 } } });
		expect(encode?.({ on: false, perhaps: false, rows: [], named: {} })).toMatchObject({ on: 0, perhaps: 0 });
	});

	it('leaves an answer without booleans alone', () => {
		expect(pveEncoder(Type.Array(Type.Object({ a: Type.Integer() })))).toBeNull();
	});
});

describe('answerProblems', () => {
	const schema = pveSchema(
		Type.Object({ on: flag, count: Type.Integer(), word: Type.Optional(Type.String()) }),
	);

	it.each([
		[{ on: true, count: 1 }, 'data.on: true is not 0 or 1'],
		[{ on: 1, count: '1' }, 'data.count: 1 is not an integer'],
		[{ on: 1 }, 'data.count: missing'],
		[{ on: 1, count: 1, more: 1 }, 'data.more: undeclared'],
		[{ on: 1, count: 1, word: 5 }, 'data.word: 5 is not a text'],
	])('finds what is wrong with %j', (value, problem) => {
		expect(answerProblems(schema, value)).toEqual([problem]);
	});

	it('finds nothing wrong with what is declared', () => {
		expect(answerProblems(schema, { on: 0, count: 3 })).toEqual([]);
	});
});
