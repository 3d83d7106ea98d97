import './globals.ts';
import { describe, expect, it } from 'vitest';
import { addNodeEntries, type MenuItem } from '../../../src/ui/menu/nodeEntries.ts';

const ours = [
	'fail2ban',
	'fail2ban-jails',
	'fail2ban-bans',
	'fail2ban-ignore',
	'fail2ban-filters',
	'fail2ban-options',
];

describe('addNodeEntries', () => {
	it('comes after Firewall and before its sub-entries', () => {
		const items: MenuItem[] = [{ itemId: 'summary' }, { itemId: 'firewall' }, { itemId: 'firewall-options' }];
		addNodeEntries(items, 'pve1');
		expect(items.map(({ itemId }) => itemId)).toEqual(['summary', 'firewall', ...ours, 'firewall-options']);
	});

	it('comes last where there is no Firewall', () => {
		const items: MenuItem[] = [{ itemId: 'summary' }];
		addNodeEntries(items, 'pve1');
		expect(items.map(({ itemId }) => itemId)).toEqual(['summary', ...ours]);
	});

	it('makes new entries each time, because the menu consumes their groups', () => {
		const first: MenuItem[] = [];
		addNodeEntries(first, 'pve1');
		first[1]?.groups?.shift();
		const second: MenuItem[] = [];
		addNodeEntries(second, 'pve1');
		expect(second[1]?.groups).toEqual(['fail2ban']);
	});
});
