import { expect, it } from 'vitest';
import { allParts, readOptions, usage } from '../../bench/options.ts';

const usual = { kind: 'run', parts: allParts, growth: false, quick: false, release: null, json: null };

it('measures everything but the growth when nothing is said', () => {
	expect(readOptions([])).toEqual(usual);
});

it('takes the options of a run', () => {
	expect(readOptions(['--json', 'out.json', '--release', '1.0.2', '--quick'])).toEqual({
		...usual,
		json: 'out.json',
		release: '1.0.2',
		quick: true,
	});
});

it('keeps the order of the parts, however they are named', () => {
	expect(readOptions(['--only', 'sizes,logs', '--only', 'helper'])).toMatchObject({
		parts: ['helper', 'logs', 'sizes'],
	});
});

it('measures the growth alone unless parts are named', () => {
	expect(readOptions(['--growth'])).toMatchObject({ growth: true, parts: [] });
	expect(readOptions(['--growth', '--only', 'panel'])).toMatchObject({ growth: true, parts: ['panel'] });
});

it('takes the results to write the document from', () => {
	expect(readOptions(['--document', 'a.json', 'b.json'])).toEqual({
		kind: 'document',
		files: ['a.json', 'b.json'],
	});
});

it('names every part in its help', () => {
	expect(readOptions(['--help'])).toEqual({ kind: 'help' });
	for (const part of allParts) expect(usage).toContain(`\n  ${part} `);
});

it.each([
	[['--nope'], /--nope/],
	[['1.0.2'], "Unexpected argument '1.0.2'."],
	[['--json'], /--json/],
	[['--json', ''], '--json needs the name of a file.'],
	[['--only', 'pannel'], "No part 'pannel'"],
	[['--only', ''], "No part ''"],
	[['--release', '0.11'], '--release takes 1.0.2 or 1.1.0.'],
	[['--document'], '--document needs at least one result of --json.'],
	[['--document', 'a.json', '--quick'], '--document takes only the results'],
])('refuses %j', (args, reason) => {
	expect(() => readOptions(args)).toThrow(reason);
});
