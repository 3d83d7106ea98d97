import { describe, expect, it } from 'vitest';
import { addressSpans } from '../../../src/backend/addresses/addressSpans.ts';

function marked(line: string, address: string): string[] {
	return addressSpans(line, address).map(({ start, end }) => line.slice(start, end));
}

describe('addressSpans', () => {
	it.each([
		['rhost=192.0.2.1 user=root', '192.0.2.1', ['192.0.2.1']],
		['from 192.0.2.1: and [192.0.2.1], 192.0.2.1. 192.0.2.1:22', '192.0.2.1', Array(4).fill('192.0.2.1')],
		['from 192.0.2.10, 1192.0.2.1 and 192.0.2.1.5', '192.0.2.1', []],
		['rhost=::ffff:192.0.2.1 x', '192.0.2.1', ['::ffff:192.0.2.1']],
		['from 2001:DB8:0:0::1 port 22', '2001:db8::1', ['2001:DB8:0:0::1']],
		['[2001:db8::1]:443 from:2001:db8::1', '2001:db8::1', ['2001:db8::1', '2001:db8::1']],
		['from ::1 and ::12', '::1', ['::1']],
		['session of user a.b for a.b', 'a.b', ['a.b', 'a.b']],
		['😀 user=😀 rhost=192.0.2.1', '192.0.2.1', ['192.0.2.1']],
		['用户 e\u0301ve 😀😀 rhost=2001:db8::1 😀', '2001:db8::1', ['2001:db8::1']],
		['user=😀 of 😀', '😀', ['😀', '😀']],
		['', '192.0.2.1', []],
	])('marks in %j the address %s', (line, address, words) => {
		expect(marked(line, address)).toEqual(words);
	});
});
