import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../../src/backend/addresses/addresses.ts';
import type { Ban } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import { type BanColumn, BanTable, radixOrder } from '../../../../src/backend/services/bans/BanTable.ts';

function ban(ip: string, since = 100, bantime = 600): Ban {
	return { ip, since, bantime, until: bantime < 0 ? null : since + bantime };
}

const table = new BanTable(
	new Map([
		[
			'sshd',
			[ban('10.0.0.10', 300), ban('9.0.0.2', 200, -1), ban('2001:db8::1', 100), ban('host.example', 50)],
		],
		['recidive', [ban('10.0.0.9', 250, 86_400)]],
		['empty', []],
	]),
	(jail, ip) => (jail === 'sshd' && ip === '9.0.0.2' ? 7 : 1),
);

function ips(sort: BanColumn, descending = false, filter = {}): string[] {
	return Array.from(table.find(filter, sort, descending), (row) => table.row(row).ip);
}

describe('BanTable', () => {
	it('sorts addresses as numbers, IPv4 before IPv6, other words last', () => {
		expect(ips('ip')).toEqual(['9.0.0.2', '10.0.0.9', '10.0.0.10', '2001:db8::1', 'host.example']);
		expect(ips('ip', true)).toEqual(['host.example', '2001:db8::1', '10.0.0.10', '10.0.0.9', '9.0.0.2']);
	});

	it('sorts by time, and permanent bans behind all others', () => {
		expect(ips('since')).toEqual(['host.example', '2001:db8::1', '9.0.0.2', '10.0.0.9', '10.0.0.10']);
		expect(ips('until').at(-1)).toBe('9.0.0.2');
		expect(ips('bantime', true).slice(0, 2)).toEqual(['9.0.0.2', '10.0.0.9']);
		expect(ips('count', true)[0]).toBe('9.0.0.2');
		expect(ips('jail')[0]).toBe('10.0.0.9');
	});

	it('gives back what it was given', () => {
		const [row] = table.find({ part: '9.0.0.2' }, 'ip', false);
		expect(table.row(row as number)).toEqual({
			ip: '9.0.0.2',
			jail: 'sshd',
			since: 200,
			bantime: -1,
			until: null,
			count: 7,
		});
	});

	it('finds by jail, by part of an address and by network', () => {
		expect(ips('ip', false, { jail: 'recidive' })).toEqual(['10.0.0.9']);
		expect(ips('ip', false, { jail: 'none' })).toEqual([]);
		expect(ips('ip', false, { part: '0.0.1' })).toEqual(['10.0.0.10']);
		expect(ips('ip', false, { part: '2001:DB8' })).toEqual(['2001:db8::1']);
		expect(ips('ip', false, { part: '2001:0DB8:0::0001' })).toEqual(['2001:db8::1']);
		expect(ips('ip', false, { network: parseNetwork('10.0.0.0/29') })).toEqual([]);
		expect(ips('ip', false, { network: parseNetwork('10.0.0.8/29') })).toEqual(['10.0.0.9', '10.0.0.10']);
		expect(ips('ip', false, { network: parseNetwork('::/0') })).toEqual(['2001:db8::1']);
		expect(ips('ip', false, { jail: 'sshd', network: parseNetwork('0.0.0.0/0') })).toEqual([
			'9.0.0.2',
			'10.0.0.10',
		]);
	});

	it('finds an address that is kept in another form by its normalized one', () => {
		const odd = new BanTable(new Map([['j', [ban('2001:DB8:0:0:0:0:0:5')]]]), () => 1);
		expect(odd.find({ part: '2001:db8::5' }, 'ip', false).length).toBe(1);
	});
});

describe('radixOrder', () => {
	it('orders as a stable comparison does', () => {
		const keys = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 0xffff_ffff })), { maxLength: 60 });
		fc.assert(
			fc.property(keys, (rows) => {
				const column = Uint32Array.from(rows.flat());
				const order = radixOrder(rows.length, [
					{ column, stride: 2, at: 1 },
					{ column, stride: 2, at: 0 },
				]);
				const expected = rows.map((_, row) => row);
				expected.sort((a, b) => {
					const [x, y] = [rows[a] as [number, number], rows[b] as [number, number]];
					return x[0] - y[0] || x[1] - y[1] || a - b;
				});
				expect([...order]).toEqual(expected);
			}),
			{ numRuns: 300 },
		);
	});
});
