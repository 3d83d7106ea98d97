import { describe, expect, it } from 'vitest';
import { planApply } from '../../../src/backend/files/applyPlan.ts';
import { dumpedJails } from '../../../src/backend/files/jailCommands.ts';

function jails(...options: [jail: string, ...commands: (string | number)[][]][]) {
	return dumpedJails(
		options.flatMap(([jail, ...commands]) => [
			['add', jail, 'systemd'],
			...commands.map(([option, ...words]) => ['set', jail, option as string, ...words]),
		]),
	).jails;
}

const ban = ['addaction', 'nftables'];

describe('planApply', () => {
	it('tells nothing to a server that runs the same', () => {
		const same = jails(['sshd', ['maxretry', 5], ban]);
		expect(planApply(same, same, new Set(['sshd']))).toEqual({ steps: [], changed: [] });
	});

	it('reloads just the jail whose value changed', () => {
		const plan = planApply(
			jails(['sshd', ['maxretry', 5], ban], ['other', ban]),
			jails(['sshd', ['maxretry', 6], ban], ['other', ban]),
			new Set(['sshd', 'other']),
		);
		expect(plan).toEqual({ steps: [{ kind: 'reload', jail: 'sshd' }], changed: ['sshd'] });
	});

	it('restarts a jail whose action or backend changed, because a reload would leave it without actions', () => {
		const before = jails(['sshd', ban]);
		const running = new Set(['sshd']);
		const restart = [{ kind: 'restart', jail: 'sshd' }];
		expect(planApply(before, jails(['sshd', ['addaction', 'iptables']]), running).steps).toEqual(restart);
		const other = dumpedJails([
			['add', 'sshd', 'polling'],
			['set', 'sshd', 'addaction', 'nftables'],
		]).jails;
		expect(planApply(before, other, running).steps).toEqual(restart);
	});

	it('sets a growth option that is gone to nothing, because a reload keeps it', () => {
		const plan = planApply(
			jails(['sshd', ['bantime.increment', 'true'], ban]),
			jails(['sshd', ban]),
			new Set(['sshd']),
		);
		expect(plan.steps).toEqual([
			{ kind: 'reload', jail: 'sshd' },
			{ kind: 'unset', jail: 'sshd', option: 'bantime.increment' },
		]);
	});

	it('restarts for any other setting that is gone', () => {
		const plan = planApply(
			jails(['sshd', ['logtimezone', 'UTC'], ban]),
			jails(['sshd', ban]),
			new Set(['sshd']),
		);
		expect(plan.steps).toEqual([{ kind: 'restart', jail: 'sshd' }]);
	});

	it('stops a jail that is no longer enabled and starts a new one by a reload of its own', () => {
		const plan = planApply(jails(['old', ban]), jails(['new', ban]), new Set(['old']));
		expect(plan.steps).toEqual([
			{ kind: 'stop', jail: 'old' },
			{ kind: 'reload', jail: 'new' },
		]);
	});

	it('does not stop a jail that is not running', () => {
		expect(planApply(jails(['old', ban]), jails(), new Set()).steps).toEqual([]);
	});

	it('neither starts nor fails at a jail that somebody else enabled and that is not running yet', () => {
		const before = jails(['sshd', ban], ['faulty', ban]);
		const after = jails(['sshd', ['maxretry', 5], ban], ['faulty', ['maxretry', 5], ban]);
		const running = new Set(['sshd']);
		expect(planApply(before, after, running)).toEqual({
			steps: [{ kind: 'reload', jail: 'sshd' }],
			changed: ['sshd'],
		});
		expect(planApply(before, after, running, new Set(['faulty'])).changed).toEqual(['sshd', 'faulty']);
	});

	it('tells a jail whose log is gone just its ignore list, because it cannot be reloaded', () => {
		const polling = (ignored: string) =>
			dumpedJails([
				['add', 'sshd', 'polling'],
				['set', 'sshd', 'addignoreip', '192.0.2.1', ignored],
			]).jails;
		const plan = planApply(polling('192.0.2.2'), polling('192.0.2.3'), new Set(['sshd']));
		expect(plan).toEqual({
			steps: [{ kind: 'ignoreip', jail: 'sshd', add: ['192.0.2.3'], remove: ['192.0.2.2'] }],
			changed: [],
		});
	});
});
