import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { answerFields, apiDocs, permissionText, typeText } from '../../../build/apiDocs.ts';
import { endpoints } from '../../../src/contract/index.ts';

describe('docs/api.md', () => {
	it('is what the build makes of the contract', () => {
		const file = new URL('../../../docs/api.md', import.meta.url);
		expect(readFileSync(file, 'utf8'), 'run npm run build').toBe(apiDocs(endpoints));
	});

	it('tells every parameter of every call', () => {
		const text = apiDocs(endpoints);
		for (const { method, path, params } of Object.values(endpoints)) {
			const section = text.slice(text.indexOf(`## ${method} ${path}\n`)).split('\n## ')[0] ?? '';
			for (const name of Object.keys(params.properties)) {
				expect(section.includes(`\`${name}\``) || text.includes(`| \`${name}\` |`)).toBe(true);
			}
		}
	});
});

describe('typeText', () => {
	it('tells ranges, words and null', () => {
		expect(typeText(Type.Integer({ minimum: 0, maximum: 9 }))).toBe('integer, 0 to 9');
		expect(typeText(Type.Union([Type.String(), Type.Null()]))).toBe('string or null');
		expect(typeText(Type.Array(Type.String({ enum: ['a', 'b'] })))).toBe('list of `a`, `b`');
	});
});

describe('answerFields', () => {
	it('names nested fields with a dot and lists without', () => {
		const schema = Type.Array(Type.Object({ a: Type.Object({ b: Type.String() }) }));
		expect(answerFields(schema).map(([name]) => name)).toEqual(['a', 'a.b']);
	});
});

describe('permissionText', () => {
	it('names every privilege that a call needs', () => {
		expect(permissionText('modify')).toBe('Sys.Modify on /nodes/{node}');
		expect(permissionText('modify+syslog')).toBe('Sys.Modify and Sys.Syslog on /nodes/{node}');
	});
});
