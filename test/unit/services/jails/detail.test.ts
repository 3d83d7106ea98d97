import { describe, expect, it } from 'vitest';
import type { Fail2banCommands } from '../../../../src/backend/fail2ban/Fail2banCommands.ts';
import { getJailConfigService } from '../../../../src/backend/services/jails/detail.ts';
import { ConfigCheck } from '../../../../src/backend/services/server/ConfigCheck.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { admin, FakeConfig } from '../support/FakeConfig.ts';
import { FakeLog, FakeServer } from '../support/FakeServer.ts';

function details(files: Record<string, string>) {
	const config = new FakeConfig(files);
	const server = new FakeServer({ sshd: [] });
	const figures = new ServerFigures(server, () => null, Date.now);
	const commands = { dump: async () => [['add', 'sshd', 'auto']] } as unknown as Fail2banCommands;
	const check = new ConfigCheck({ server, commands, now: Date.now, log: new FakeLog() });
	const service = getJailConfigService({ files: config, figures, check });
	return async (jail: string, create?: boolean) => {
		const answer = await service({ params: { jail, ...(create && { create }) }, caller: admin });
		if (!('data' in answer)) throw new Error('a task');
		return answer.data;
	};
}

describe('getJailConfig', () => {
	const filter = '[Definition]\nfailregex = ^a <HOST>$\n\t^b <HOST>$\n[Init]\nmaxlines = 3\n';

	it('tells what the filter brings along, with the line in the filter', async () => {
		const { options } = await details({ 'filter.d/sshd.conf': filter })('sshd');
		expect(options.failregex).toMatchObject({
			value: '^a <HOST>$\n^b <HOST>$',
			file: 'filter.d/sshd.conf',
			line: 2,
			origin: 'default',
			own: false,
		});
		expect(options.maxlines).toMatchObject({ value: '3', file: 'filter.d/sshd.conf', line: 5 });
		expect(options.prefregex).toMatchObject({ value: null, file: null });
	});

	it('gives back the filter’s value, or fail2ban’s own, when nothing else is behind a value', async () => {
		const files = {
			'filter.d/sshd.conf': filter,
			'jail.d/sshd.local': '[sshd]\nfailregex = x\nusedns = no\n',
		};
		const { options } = await details(files)('sshd');
		expect(options.failregex).toMatchObject({ value: 'x', own: true, overrides: [{ line: 2 }] });
		expect(options.usedns?.overrides).toEqual([{ value: 'warn', raw: null, file: null, line: null }]);
		expect(options.bantime?.overrides).toEqual([{ value: '600', raw: null, file: null, line: null }]);
	});

	it('tells fail2ban’s own defaults from what is not set at all', async () => {
		const { options } = await details({})('sshd');
		expect(options.usedns).toMatchObject({ value: 'warn', file: null, origin: 'default' });
		expect(options.ignorecommand).toMatchObject({ value: null, file: null, origin: 'default' });
	});

	it('tells what a jail that is still to be created would inherit', async () => {
		const jail = details({ 'jail.local': '[DEFAULT]\nfindtime = 1h\n' });
		const { options, enabled, running, stock, status } = await jail('mine', true);
		expect({ enabled, running, stock, status }).toEqual({
			enabled: false,
			running: false,
			stock: false,
			status: null,
		});
		expect(options.findtime).toMatchObject({
			value: '1h',
			file: 'jail.local',
			line: 2,
			own: false,
			target: 'jail.d/mine.local',
		});
		await expect(jail('mine')).rejects.toMatchObject({ status: 404 });
		expect((await jail('sshd', true)).running).toBe(true);
	});
});
