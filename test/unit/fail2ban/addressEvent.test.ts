import { describe, expect, it } from 'vitest';
import { addressEvent } from '../../../src/backend/fail2ban/addressEvent.ts';

const event = (words: string, address = '192.0.2.1') =>
	addressEvent(`2026-11-22 14:43:39,844 fail2ban.actions        [16239]: NOTICE  ${words}`, 5, address);

describe('addressEvent', () => {
	it.each([
		['[sshd] Found 192.0.2.1 - 2026-11-22 14:43:39', 'found', null],
		['[sshd] Ban 192.0.2.1', 'ban', null],
		['[sshd] Restore Ban 192.0.2.1', 'restore', null],
		['[sshd] Unban 192.0.2.1', 'unban', null],
		['[sshd] Increase Ban 192.0.2.1 (3 # 4h -> 2026-11-22 18:43:39)', 'increase', 3],
		['[sshd] Ignore 192.0.2.1 by ignoreself rule', 'ignore', null],
	])('reads %s', (words, what, count) => {
		expect(event(words)).toEqual({ time: 5, jail: 'sshd', event: what, count });
	});

	it('takes the jail from the start of the message', () => {
		expect(event('[my jail] Ban 192.0.2.1')).toMatchObject({ jail: 'my jail' });
	});

	it.each([
		'[sshd] Ban 192.0.2.10',
		'[sshd] Found 192.0.2.1, bad - 2026-11-22 14:43:39, 1 # -> 2.0, Ban',
		'[sshd] 192.0.2.1 already banned',
		"stderr: '[sshd] Ban 192.0.2.1'",
		'[sshd] Flush ticket(s) with nftables',
		'Jail sshd started',
		'',
	])('leaves out %s', (words) => {
		expect(event(words)).toBeNull();
	});
});
