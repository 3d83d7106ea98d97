import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { IgnoreRow } from '../../../../src/contract/types.ts';
import { byScope, isListed, removeQuestion, scopeText } from '../../../../src/ui/ignore/ignoreRow.ts';

const row = (ip: string, more: Partial<IgnoreRow> = {}): IgnoreRow => ({
	id: ip,
	ip,
	jail: null,
	comment: '',
	added: null,
	user: null,
	file: 'jail.local',
	line: 1,
	covers: false,
	except: [],
	banned: [],
	fixed: null,
	...more,
});

describe('ignored addresses', () => {
	it('are removed with a warning where the own address is one of them', () => {
		expect(removeQuestion([row('10.0.0.0/24')])).toBe(
			'Remove 10.0.0.0/24? Its addresses can be banned again.',
		);
		expect(removeQuestion([row('10.0.0.1', { covers: true })])).toBe(
			'Remove 10.0.0.1? It can be banned again. Your own address is one of them.',
		);
		expect(removeQuestion([row('10.0.0.1'), row('10.0.0.2')])).toBe(
			'Remove 2 entries? Their addresses can be banned again.',
		);
	});

	it('are changed scope by scope', () => {
		const rows = [row('a'), row('b', { jail: 'sshd' }), row('c')];
		expect(byScope(rows)).toEqual([
			[undefined, ['a', 'c']],
			['sshd', ['b']],
		]);
	});

	it('say which jails do not ignore them', () => {
		expect(scopeText(row('a'))).toBe('All Jails');
		expect(scopeText(row('a', { jail: 'sshd' }))).toBe('sshd');
		expect(scopeText(row('a', { except: ['sshd', 'proxmox'] }))).toBe('All Jails except sshd, proxmox');
	});

	it('are found by any of their texts, in any case', () => {
		const one = row('2001:db8::1', { comment: 'Monitoring', user: 'admin@pve' });
		for (const text of ['', 'DB8', 'monitor', 'ADMIN', 'jail.local']) expect(isListed(one, text)).toBe(true);
		expect(isListed(one, 'sshd')).toBe(false);
	});
});
