import { describe, expect, it } from 'vitest';
import { readCaller } from '../../../src/backend/routes/readCaller.ts';

describe('readCaller', () => {
	it.each([
		['1', true],
		['0', false],
		['true', false],
		['1, 1', false],
		[undefined, false],
	])('lets a caller see log lines only where x-pve-syslog is 1 (%s)', (value, syslog) => {
		expect(readCaller({ 'x-pve-user': 'root@pam', 'x-pve-syslog': value })).toEqual({
			user: 'root@pam',
			root: true,
			syslog,
			clientIp: null,
		});
	});

	it('lets nobody in without a user', () => {
		expect(() => readCaller({ 'x-pve-syslog': '1' })).toThrow('x-pve-user');
	});
});
