import { describe, expect, test } from 'vitest';
import { msg } from '../../../../src/backend/kit/message.ts';
import {
	type EnforcementCheckDeps,
	effectiveActions,
	enforced,
} from '../../../../src/backend/services/checks/enforcementChecks.ts';
import type { JailEnforcement } from '../../../../src/backend/services/enforcement/jailEnforcement.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

type Given = Partial<Omit<JailEnforcement, 'row' | 'actions'>> & {
	row?: Partial<JailEnforcement['row']>;
	action?: string;
};

function state(jail: string, { row, action = 'nftables', ...rest }: Given = {}): JailEnforcement {
	return {
		jail,
		actions: action === '' ? [] : [{ name: action, properties: new Map() }],
		targets: [],
		missing: [],
		reason: null,
		idle: false,
		broken: false,
		...rest,
		row: {
			jail,
			target: 'set',
			banned: 10,
			enforced: 10,
			missing: [],
			'missing-total': 0,
			reason: null,
			...row,
		},
	};
}

function deps(states: JailEnforcement[], running = true): EnforcementCheckDeps {
	return {
		files: new FakeConfig(),
		figures: {
			read: async () => ({ figures: { running, jails: [] }, stale: null, failure: null }) as never,
		},
		enforcement: { current: async () => states },
	};
}

describe('bans in the firewall', () => {
	test('are counted over all jails; some missing ones are a warning', async () => {
		const states = [state('sshd', { row: { enforced: 7, 'missing-total': 3 } }), state('proxmox')];
		expect(await enforced(deps(states))()).toMatchObject({
			state: 'warning',
			text: '3 of 20 bans are not enforced, so the firewall lets the addresses in: sshd (3 of 10).',
		});
	});
	test('are critical when a set, a chain or its rule is gone, which is named', async () => {
		const row = { enforced: 0, 'missing-total': 10 };
		const reason = msg('Not in the firewall: {0}.', 'ipset f2b-sshd');
		const found = await enforced(deps([state('sshd', { broken: true, row, reason })]))();
		expect(found?.state).toBe('critical');
		expect(found?.text).toContain('Not in the firewall: ipset f2b-sshd.');
	});
	test('are good only when the firewall holds them all', async () => {
		expect((await enforced(deps([state('sshd')]))())?.text).toBe('The firewall holds all 10 bans.');
		expect((await enforced(deps([state('sshd', { row: { banned: 0, enforced: 0 } })]))())?.state).toBe(
			'good',
		);
	});
	test('are not said to be none where jails ban whose actions do nothing', async () => {
		const empty = state('web', { row: { banned: 0, enforced: 0 } });
		expect(await enforced(deps([state('sshd', { idle: true, action: 'noop' }), empty]))()).toBeNull();
	});
	test('are not known where the firewall does not say, which is told', async () => {
		const blind = state('sshd', { row: { enforced: null }, reason: msg('{0} does not answer.', 'nft') });
		await expect(async () => enforced(deps([blind, state('x')]))()).rejects.toThrow(
			'sshd: nft does not answer.',
		);
		await expect(async () => enforced(deps([], false))()).rejects.toThrow('is not running');
	});
});

describe('the actions of bans', () => {
	const idle = (jail: string) => state(jail, { idle: true, action: 'noop' });
	test('are critical when they do nothing in the jail that watches a log-in, or in all', async () => {
		expect(await effectiveActions(deps([idle('sshd'), state('web')]))()).toMatchObject({
			state: 'critical',
			text: 'Bans do nothing in 1 jail: sshd (noop).',
		});
		expect((await effectiveActions(deps([idle('apache')]))())?.state).toBe('critical');
	});
	test('are a warning in another jail', async () => {
		expect((await effectiveActions(deps([idle('apache'), state('sshd')]))())?.state).toBe('warning');
	});
	test('are named when they are good', async () => {
		expect((await effectiveActions(deps([state('sshd'), state('web', { action: 'mine' })]))())?.text).toBe(
			'Bans are set by nftables and mine.',
		);
	});
	test('are not known when none is of a firewall that can be looked into', async () => {
		const blind = state('sshd', {
			row: { target: null, enforced: null },
			reason: msg('Action {0} …', 'own'),
		});
		await expect(async () => effectiveActions(deps([blind]))()).rejects.toThrow('Action');
	});
});
