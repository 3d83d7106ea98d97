import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { ProtectionFile, ProtectionIgnore } from '../../../../src/contract/types.ts';
import { ownAddressWarning, summaryText } from '../../../../src/ui/protection/protectionWords.ts';

const file = (state: ProtectionFile['state']): ProtectionFile => ({ file: 'jail.local', state, diff: '' });
const nothing = {
	files: [file('unchanged')],
	starts: [],
	restarts: [],
	'banned-total': 0,
	'server-running': true,
};

describe('what the wizard is about to do', () => {
	it('is counted, and what does not happen is left out', () => {
		expect(
			summaryText({
				...nothing,
				files: [file('created'), file('created'), file('changed'), file('unchanged')],
				starts: ['sshd', 'proxmox'],
				'banned-total': 14,
			}),
		).toBe(
			'2 files are created. 1 file is changed. 2 jails start: sshd, proxmox. 14 addresses are banned immediately.',
		);
		expect(summaryText({ ...nothing, restarts: ['sshd'] })).toBe(
			'1 jail restarts: sshd. No address is banned immediately.',
		);
	});

	it('says when nothing changes, and when it is not known whom it bans', () => {
		expect(summaryText(nothing)).toBe('Nothing changes: this node already has this protection.');
		expect(summaryText({ ...nothing, 'server-running': false, starts: ['sshd'], 'banned-total': null })).toBe(
			'fail2ban is started. 1 jail starts: sshd. It is not known which addresses are banned immediately.',
		);
	});
});

describe('the warning about one’s own address', () => {
	const row = (address: string, kind: ProtectionIgnore['kind'], chosen: boolean): ProtectionIgnore => ({
		address,
		kind,
		chosen,
		text: '',
		present: false,
	});
	const known = { client: '192.0.2.17', 'client-known': true };
	it('comes when it is not ticked, or not known', () => {
		const off = { ...known, ignore: [row('192.0.2.17', 'client', false)] };
		expect(ownAddressWarning(off, 5)).toBe('5 wrong passwords from 192.0.2.17 lock you out.');
		expect(ownAddressWarning(off, 1)).toBe('1 wrong password from 192.0.2.17 locks you out.');
		expect(ownAddressWarning({ ...known, ignore: [row('192.0.2.17', 'client', true)] }, 5)).toBe('');
		expect(ownAddressWarning({ client: null, 'client-known': false, ignore: [] }, 5)).toContain('unknown');
	});
});
