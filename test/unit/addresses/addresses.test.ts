import { isIP } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import {
	contains,
	formatNetwork,
	isWide,
	type Network,
	parseAddress,
	parseNetwork,
	splitList,
} from '../../../src/backend/addresses/addresses.ts';

const network = (text: string) => parseNetwork(text) as Network;

describe('addresses', () => {
	it.each([
		['192.0.2.1', '192.0.2.1'],
		['2001:DB8:0:0::1', '2001:db8::1'],
		['::ffff:192.0.2.1', '192.0.2.1'],
		['::', '::'],
		['10.1.2.3/8', '10.0.0.0/8'],
		['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
		['::ffff:10.0.0.1/120', '10.0.0.0/24'],
		['192.0.2.1/32', '192.0.2.1'],
		['0.0.0.0/0', '0.0.0.0/0'],
		['255.255.255.255', '255.255.255.255'],
	])('writes %s as %s', (text, written) => {
		expect(formatNetwork(network(text))).toBe(written);
	});

	it.each([
		'',
		'1',
		'1.2.3',
		'01.2.3.4',
		'1.2.3.256',
		'0x1.2.3.4',
		'host',
		'fe80::1%eth0',
		'1.2.3.4/',
		'1.2.3.4/33',
		'1.2.3.4/-1',
		'1.2.3.4/8/8',
		'::1/129',
		'::ffff:1.2.3.4/95',
		'1.2.3.4/2 4',
		'1.2.3.4\n',
		'::1.2.3.4',
	])('refuses %j', (text) => {
		expect(parseNetwork(text)).toBeNull();
	});

	it('reads every address that ipaddr.js prints', () => {
		const bytes = fc.oneof(
			fc.uint8Array({ minLength: 4, maxLength: 4 }),
			fc.uint8Array({ minLength: 16, maxLength: 16 }),
		);
		fc.assert(
			fc.property(bytes, (array) => {
				const text = ipaddr.fromByteArray([...array]).toString();
				const parsed = parseAddress(text) as Network;
				expect(isIP(formatNetwork(parsed))).toBe(parsed.family);
				expect(parseAddress(formatNetwork(parsed))).toEqual(parsed);
			}),
			{ numRuns: 300 },
		);
	});

	it('tells what is in a network as ipaddr.js does', () => {
		const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
		fc.assert(
			fc.property(
				address,
				address,
				fc.integer({ min: 0, max: 128 }),
				fc.integer({ min: 0, max: 16 }),
				(a, b, bits, shared) => {
					// networks far apart would never contain each other
					a[0] = 0x20;
					b.set(a.subarray(0, shared));
					b[0] = 0x20;
					const one = ipaddr.fromByteArray([...a]) as ipaddr.IPv6;
					const other = ipaddr.fromByteArray([...b]) as ipaddr.IPv6;
					const outer = network(`${one.toString()}/${bits}`);
					expect(contains(outer, parseAddress(other.toString()) as Network)).toBe(other.match(one, bits));
				},
			),
			{ numRuns: 300 },
		);
	});

	it('does not take an IPv4 address for a part of an IPv6 network', () => {
		expect(contains(network('::/0'), network('10.0.0.1'))).toBe(false);
		expect(contains(network('10.0.0.0/24'), network('10.0.0.0/16'))).toBe(false);
		expect(contains(network('10.0.0.0/16'), network('10.0.1.0/24'))).toBe(true);
	});

	it('calls networks wider than /24 and /48 wide', () => {
		expect(
			['10.0.0.0/23', '10.0.0.0/24', '2001:db8::/47', '2001:db8::/48'].map((text) => isWide(network(text))),
		).toEqual([true, false, true, false]);
	});

	it('splits lists at commas, semicolons and white space', () => {
		expect(splitList(' 1.1.1.1,2.2.2.2\n3.3.3.3;, 4.4.4.4 ')).toEqual([
			'1.1.1.1',
			'2.2.2.2',
			'3.3.3.3',
			'4.4.4.4',
		]);
	});
});
