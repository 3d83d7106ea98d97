import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesIn, isAddress, isCidr, packList, splitList } from '../../../../src/ui/kit/address.ts';

describe('isAddress', () => {
	it('takes every address that Node takes', () => {
		const address = fc.oneof(fc.ipV4(), fc.ipV6());
		fc.assert(
			fc.property(address, (text) => {
				expect(isAddress(text)).toBe(isIPv4(text) || isIPv6(text));
			}),
			{ numRuns: 300 },
		);
	});

	it.each([
		'',
		'1.2.3',
		'1.2.3.256',
		'01.2.3.4',
		'1.2.3.4.5',
		':::',
		'1::2::3',
		'12345::',
		'fe80::1%eth0',
		'a.b.c.d',
	])('refuses %j', (text) => {
		expect(isAddress(text)).toBe(false);
	});

	it.each(['::', '::1', '1::', '2001:db8::1', '::ffff:192.0.2.1', '1:2:3:4:5:6:7:8'])('takes %j', (text) => {
		expect(isAddress(text)).toBe(true);
	});
});

describe('isCidr', () => {
	it.each(['10.0.0.0/8', '192.0.2.1/32', '2001:db8::/32', '::/0'])('takes %j', (text) => {
		expect(isCidr(text)).toBe(true);
	});

	it.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/08'])(
		'refuses %j',
		(text) => {
			expect(isCidr(text)).toBe(false);
		},
	);
});

it('splits a list at blanks, commas and line breaks', () => {
	expect(splitList(' 192.0.2.1,\n2001:db8::1\t10.0.0.0/8 ')).toEqual([
		'192.0.2.1',
		'2001:db8::1',
		'10.0.0.0/8',
	]);
});

it('finds the addresses that a sentence names, each once', () => {
	const text = 'This bans 192.0.2.17, the address you use now. 2001:db8::1 and 192.0.2.17 are in 30 days.';
	expect(addressesIn(text)).toEqual(['192.0.2.17', '2001:db8::1']);
});

it('packs addresses into lists that fit a request line, and loses none', () => {
	const entries = Array.from({ length: 300 }, (_value, index) => `203.0.113.${index}`);
	const lists = packList(entries, 200);
	expect(lists.every((list) => list.length <= 200)).toBe(true);
	expect(lists.join(',').split(',')).toEqual(entries);
});
