import { expect, it } from 'vitest';
import { firewallOptions } from '../../../src/backend/system/firewallOptions.ts';

it('reads the numbers of [OPTIONS], of which the last one wins', () => {
	const text =
		'[RULES]\nenable: 1\n[ options ] # here\n Enable: 0\nnftables: 1\nenable: 1790000000\nnftables: yes\n[group x]\nnftables: 0\n';
	expect([...firewallOptions(text)]).toEqual([
		['enable', 1_790_000_000],
		['nftables', 1],
	]);
	expect(firewallOptions('').size).toBe(0);
});
