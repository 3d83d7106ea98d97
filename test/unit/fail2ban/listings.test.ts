import { describe, expect, it } from 'vitest';
import { chainListing, ipsetListing, nftListing } from '../../../src/backend/fail2ban/listings.ts';

const set = (fields: object) =>
	JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, { set: { name: 'x', ...fields } }] });

describe('nftListing', () => {
	it('reads addresses, networks, ranges and elements with a time-out', () => {
		const elem = [
			'192.0.2.1',
			{ prefix: { addr: '10.0.0.0', len: 8 } },
			{ range: ['11.0.0.1', '11.0.0.9'] },
			{ elem: { val: '12.0.0.1', timeout: 3600, expires: 3599 } },
			{ elem: { val: { prefix: { addr: '2001:db8::', len: 32 } }, comment: 'x' } },
		];
		const { singles, wide, singlesOnly } = nftListing(set({ flags: ['interval', 'timeout'], elem }));
		expect([...singles]).toEqual(['192.0.2.1', '12.0.0.1']);
		expect(wide).toEqual(['10.0.0.0/8', '11.0.0.1-11.0.0.9', '2001:db8::/32']);
		expect(singlesOnly).toBe(false);
	});
	it('reads a set without elements, which takes single addresses only', () => {
		expect(nftListing(set({}))).toEqual({ singles: new Set(), wide: [], singlesOnly: true });
	});
	it.each(['', 'table inet x', '{"nftables":[{"metainfo":{}}]}'])(
		'does not take %j for an empty set',
		(text) => {
			expect(() => nftListing(text)).toThrow(SyntaxError);
		},
	);
});

describe('chainListing', () => {
	const chain = (...rules: string[]) => chainListing(['-N f2b-x', ...rules, ''].join('\n'), 'f2b-x');
	it('reads who is turned away, and networks apart', () => {
		const { singles, wide } = chain(
			'-A f2b-x -s 192.0.2.1/32 -j REJECT --reject-with icmp-port-unreachable',
			'-A f2b-x -s 2001:db8::7/128 -j DROP',
			'-A f2b-x -s 2001:db8::/32 -j DROP',
			'-A f2b-x -s 198.51.100.0/24 -j REJECT',
			'-A f2b-x -j RETURN',
		);
		expect([...singles]).toEqual(['192.0.2.1', '2001:db8::7']);
		expect(wide).toEqual(['2001:db8::/32', '198.51.100.0/24']);
	});
	it.each([
		['lets the address through', '-A f2b-x -s 192.0.2.1/32 -j ACCEPT'],
		['holds for one port only', '-A f2b-x -s 192.0.2.1/32 -p tcp -j DROP'],
		['is of another chain', '-A f2b-xy -s 192.0.2.1/32 -j DROP'],
		['means all others', '-A f2b-x ! -s 192.0.2.1/32 -j DROP'],
	])('does not count a rule that %s', (_what, rule) => {
		expect(chain(rule).singles.size).toBe(0);
	});
	it('does not count what stands behind a rule that lets everybody leave', () => {
		const { singles } = chain(
			'-A f2b-x -s 192.0.2.1/32 -j DROP',
			'-A f2b-x -j RETURN',
			'-A f2b-x -s 192.0.2.2/32 -j DROP',
		);
		expect([...singles]).toEqual(['192.0.2.1']);
	});
});

describe('ipsetListing', () => {
	const list = (type: string, ...members: string[]) =>
		ipsetListing(
			`Name: x\nType: ${type}\nHeader: family inet\nNumber of entries: 2\nMembers:\n${members.join('\n')}\n`,
		);
	it('reads members with and without a time-out', () => {
		const { singles, singlesOnly } = list('hash:ip', '192.0.2.1 timeout 0', '2001:db8::7');
		expect([...singles]).toEqual(['192.0.2.1', '2001:db8::7']);
		expect(singlesOnly).toBe(true);
	});
	it('reads networks of a set of networks', () => {
		expect(list('hash:net', '10.0.0.0/8')).toMatchObject({ wide: ['10.0.0.0/8'], singlesOnly: false });
	});
	it('does not take other words for an empty set', () => {
		expect(() => ipsetListing('Name: x\n')).toThrow(SyntaxError);
	});
});
