import { expect, it } from 'vitest';
import { unbanCalls } from '../../../src/cli/unban.ts';

const command = { name: 'unban', socket: '', addresses: [], jail: null, all: false } as const;

it('asks once for all addresses and once for each network', () => {
	const addresses = ['192.0.2.1', '198.51.100.0/24', '2001:db8::1', '2001:db8::/32'];
	expect(unbanCalls({ ...command, addresses, jail: 'sshd' })).toEqual([
		{ ip: '192.0.2.1,2001:db8::1', jail: 'sshd' },
		{ cidr: '198.51.100.0/24', jail: 'sshd' },
		{ cidr: '2001:db8::/32', jail: 'sshd' },
	]);
});

it('keeps each call below the size of a request line', () => {
	const addresses = Array.from({ length: 450 }, (_, i) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${i}`);
	const calls = unbanCalls({ ...command, addresses });
	expect(calls.flatMap(({ ip }) => ip?.split(','))).toEqual(addresses);
	for (const call of calls) expect(encodeURIComponent(String(call.ip)).length).toBeLessThan(16 * 1024);
});

it('asks for a whole jail, or for everything', () => {
	expect(unbanCalls({ ...command, addresses: [], jail: 'sshd' })).toEqual([{ jail: 'sshd' }]);
	expect(unbanCalls({ ...command, addresses: [], all: true })).toEqual([{ all: true }]);
});
