import '../globals.ts';
import { describe, expect, it } from 'vitest';
import { bulkUnbans } from '../../../../src/ui/bans/bulkUnban.ts';

const view = { node: 'pve1', total: 50_000, shown: 214, jail: undefined, limits: {} };

describe('bulkUnbans', () => {
	it('offers everything on the node', () => {
		const [all, ...rest] = bulkUnbans(view);
		expect(rest).toEqual([]);
		expect(all).toMatchObject({ text: 'Unban All (50,000)', params: { all: true } });
		expect(all?.question).toBe(
			"Unban all 50,000 addresses on node 'pve1'? They can connect again immediately.",
		);
	});

	it('offers the network that is searched for, and the jail that is chosen', () => {
		const both = bulkUnbans({ ...view, limits: { search: '203.0.113.0/24', jail: 'sshd' } });
		expect(both.map(({ text, params }) => [text, params])).toEqual([
			["Unban All in 203.0.113.0/24 in Jail 'sshd' (214)", { cidr: '203.0.113.0/24', jail: 'sshd' }],
			["Unban All in Jail 'sshd' (214)", { jail: 'sshd' }],
			['Unban All (50,000)', { all: true }],
		]);
	});

	it('does not take a part of an address for a network', () => {
		expect(bulkUnbans({ ...view, limits: { search: '203.0.' } }).map(({ itemId }) => itemId)).toEqual([
			'unbanEverything',
		]);
	});
});
