import '../globals.ts';
import { describe, expect, it } from 'vitest';
import { addNodeEntries, type MenuItem } from '../../../../src/ui/menu/nodeEntries.ts';

const ours = [
	'fail2ban',
	'fail2ban-jails',
	'fail2ban-bans',
	'fail2ban-ignore',
	'fail2ban-filters',
	'fail2ban-options',
	'fail2ban-log',
];

describe('addNodeEntries', () => {
	it('comes after Firewall and before its sub-entries', () => {
		const items: MenuItem[] = [{ itemId: 'summary' }, { itemId: 'firewall' }, { itemId: 'firewall-options' }];
		addNodeEntries(items, 'pve1', true);
		expect(items.map(({ itemId }) => itemId)).toEqual(['summary', 'firewall', ...ours, 'firewall-options']);
	});

	it('comes last where there is no Firewall', () => {
		const items: MenuItem[] = [{ itemId: 'summary' }];
		addNodeEntries(items, 'pve1', true);
		expect(items.map(({ itemId }) => itemId)).toEqual(['summary', ...ours]);
	});

	it('makes new entries each time, because the menu consumes their groups', () => {
		const first: MenuItem[] = [];
		addNodeEntries(first, 'pve1', true);
		first[1]?.groups?.shift();
		const second: MenuItem[] = [];
		addNodeEntries(second, 'pve1', true);
		expect(second[1]?.groups).toEqual(['fail2ban']);
	});

	it('greys out the log for who may not see it', () => {
		const disabled = (maySeeLog: boolean) => {
			const items: MenuItem[] = [];
			addNodeEntries(items, 'pve1', maySeeLog);
			return items.filter((item) => item.disabled).map(({ itemId }) => itemId);
		};
		expect(disabled(true)).toEqual([]);
		expect(disabled(false)).toEqual(['fail2ban-log']);
	});
});
