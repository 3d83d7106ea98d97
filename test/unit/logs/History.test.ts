import { describe, expect, test } from 'vitest';
import { AddressNames, ipv6Network, networkText } from '../../../src/backend/logs/AddressNames.ts';
import { bucketStart, History } from '../../../src/backend/logs/History.ts';
import { Tally } from '../../../src/backend/logs/Tally.ts';

const source = {};
const hour = Math.floor(new Date(2026, 5, 10, 12).getTime() / 3_600_000);
const around = { since: (hour - 1) * 3600, until: (hour + 1) * 3600, bucket: 'hour' as const };

describe('History', () => {
	test('keeps every event in the series, however many addresses there are, and few of the addresses', () => {
		const history = new History();
		const all = 250_000;
		for (let n = 0; n < all; n++) {
			history.add(source, 'found', hour, 'sshd', n);
			if (n % 1000 === 0)
				for (let k = 0; k < 5; k++) history.add(source, 'bans', hour, 'sshd', '2001:db8::1');
		}
		const answer = history.query(around);
		expect(answer.series.at(-1)).toMatchObject({ found: all, bans: 1250 });
		expect(answer.jails).toEqual([{ jail: 'sshd', found: all, bans: 1250, unbans: 0 }]);
		expect(answer.networks.length).toBeLessThanOrEqual(20);
		const heavy = new History();
		for (let n = 0; n < all; n++) {
			heavy.add(source, 'found', hour, 'sshd', n);
			if (n % 10 === 0) heavy.add(source, 'found', hour, 'sshd', -1);
		}
		expect(heavy.query(around).addresses[0]).toEqual({ ip: '255.255.255.255', found: all / 10, bans: 0 });
	});

	test('counts a jail alone, and forgets what a file had', () => {
		const history = new History();
		const other = {};
		history.add(source, 'bans', hour, 'a', 1);
		history.add(other, 'bans', hour, 'b', 1);
		expect(history.query({ ...around, jail: 'b' }).series.at(-1)?.bans).toBe(1);
		expect(history.query({ ...around, jail: 'none' }).addresses).toEqual([]);
		history.retain(new Set([source]));
		expect(history.query(around).jails.map(({ jail }) => jail)).toEqual(['a']);
	});

	test('sorts by failures, then by bans', () => {
		const history = new History();
		for (const [ip, found, bans] of [
			['a', 1, 0],
			['b', 2, 0],
			['c', 2, 1],
		] as const) {
			for (let n = 0; n < found; n++) history.add(source, 'found', hour, 'j', ip);
			for (let n = 0; n < bans; n++) history.add(source, 'bans', hour, 'j', ip);
		}
		expect(history.query(around).addresses.map(({ ip }) => ip)).toEqual(['c', 'b', 'a']);
	});
});

test('bars begin at local midnight and each 6 hours of it', () => {
	expect(bucketStart(hour, 'hour')).toBe(hour * 3600);
	expect(bucketStart(hour, 'day')).toBe(new Date(2026, 5, 10).getTime() / 1000);
	expect(bucketStart(hour + 1, '6h')).toBe(new Date(2026, 5, 10, 12).getTime() / 1000);
});

test('a tally grows within an hour and over many', () => {
	const tally = new Tally();
	for (let pass = 0; pass < 2; pass++)
		for (let n = 0; n < 5000; n++) tally.add(pass === 0 ? 'found' : 'bans', 7, n % 3, n);
	tally.add('unbans', 8, 0, 1);
	const column = (size: number) => new Uint32Array(size);
	const sums = { hours: column(6), jails: column(9), found: column(5000), bans: column(5000) };
	tally.addTo(sums, 7, 8, -1);
	expect(tally.size).toBe(5001);
	expect([...sums.hours]).toEqual([5000, 5000, 0, 0, 0, 1]);
	expect(sums.jails[0]).toBe(1667);
	expect(sums.found.every((count) => count === 1)).toBe(true);
});

describe('AddressNames', () => {
	test('gives the same number to the same address, and new ones after some were given up', () => {
		const names = new AddressNames();
		const ids = [names.idOf(0x01020304), names.idOf('::1'), names.idOf(-1), names.idOf('::1')];
		expect(ids).toEqual([1, 2, 3, 2]);
		const moved = names.keep((id) => id !== 1);
		expect([...moved]).toEqual([0, 0, 1, 2]);
		expect([names.name(1), names.name(2)]).toEqual(['::1', '255.255.255.255']);
		expect(names.idOf(0x01020304)).toBe(3);
	});

	test.each([
		['2001:db8:1:2::5', '2001:db8:1::/48'],
		['2001:DB8:0:0:1::', '2001:db8::/48'],
		['::1', '::/48'],
		['fe80::1:2:3:4', 'fe80::/48'],
		['host.example', null],
		['a::b::c', null],
	])('the network of %s is %s', (address, network) => expect(ipv6Network(address)).toBe(network));

	test('the network of an IPv4 address is its /24', () => {
		const names = new AddressNames();
		expect(networkText(names.networkKey(names.idOf(0xc000_0205 | 0)) as number)).toBe('192.0.2.0/24');
	});
});
