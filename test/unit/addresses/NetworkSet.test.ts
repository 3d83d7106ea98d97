import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatNetwork, type Network, parseNetwork } from '../../../src/backend/addresses/addresses.ts';
import { NetworkSet } from '../../../src/backend/addresses/NetworkSet.ts';

const list = new NetworkSet(['10.0.0.0/8', '192.0.2.17', '2001:db8::/32', 'gateway.example.org', '', null]);

describe('NetworkSet', () => {
	it('keeps what is an address or a network', () => {
		expect(list.networks.map(formatNetwork)).toEqual(['10.0.0.0/8', '192.0.2.17', '2001:db8::/32']);
	});

	test.each([
		['10.1.2.3', true, true],
		['10.0.0.0/8', true, true],
		['10.0.0.0/7', false, true],
		['0.0.0.0/0', false, true],
		['192.0.2.17', true, true],
		['::ffff:192.0.2.17', true, true],
		['192.0.2.16/30', false, true],
		['192.0.2.18', false, false],
		['2001:db8:1::1', true, true],
		['::/0', false, true],
		['2001:db9::1', false, false],
		['gateway.example.org', false, false],
		['', false, false],
	])('%s: covers %s, overlaps %s', (text, covers, overlaps) => {
		expect([list.covers(text), list.overlaps(text)]).toEqual([covers, overlaps]);
		expect([list.covers(parseNetwork(text)), list.overlaps(parseNetwork(text))]).toEqual([covers, overlaps]);
	});

	it('holds nothing where the list is empty', () => {
		expect([new NetworkSet([]).covers('192.0.2.1'), new NetworkSet([]).overlaps('0.0.0.0/0')]).toEqual([
			false,
			false,
		]);
	});

	it('overlaps whatever it covers, and two networks overlap either way', () => {
		const network = fc
			.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 24, max: 32 }))
			.map(([last, bits]) => parseNetwork(`192.0.2.${last}/${bits}`) as Network);
		fc.assert(
			fc.property(network, network, (one, other) => {
				const [mine, theirs] = [new NetworkSet([one]), new NetworkSet([other])];
				expect(mine.overlaps(other)).toBe(theirs.overlaps(one));
				expect(mine.overlaps(other)).toBe(mine.covers(other) || theirs.covers(one));
			}),
		);
	});
});
