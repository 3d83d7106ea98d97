import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/backend/kit/caller.ts';
import { defaultsServices } from '../../../../src/backend/services/options/defaults.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import type { Defaults } from '../../../../src/contract/types.ts';
import { admin, FakeConfig, root, stock } from '../support/FakeConfig.ts';
import { FakeServer } from '../support/FakeServer.ts';

const own = {
	'jail.d/sshd.local': '[sshd]\nmaxretry = 3\n',
	'action.d/noop.conf': '[Definition]\nactionban = true\n',
};

function services(config: FakeConfig) {
	const figures = new ServerFigures(new FakeServer(), () => null, Date.now);
	const { getDefaults, updateDefaults } = defaultsServices({ files: config, changes: config, figures });
	return {
		get: async (caller: Caller = admin) => (await getDefaults({ params: {}, caller })) as { data: Defaults },
		update: (params: Record<string, unknown>, caller: Caller = admin) => updateDefaults({ params, caller }),
	};
}

describe('getDefaults', () => {
	it('tells each value, where it stands, and what a reset gives back', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nbantime = 2h\n' });
		const { data } = await services(config).get();
		expect(data.digest).toBe(config.snapshot().digest);
		expect(data.options.bantime).toEqual({
			value: '2h',
			raw: '2h',
			file: 'jail.local',
			line: 2,
			origin: 'admin',
			own: true,
			editable: true,
			'blocked-by': null,
			target: 'jail.local',
			overrides: [{ value: '10m', raw: '10m', file: 'jail.conf', line: 2 }],
			jails: [],
		});
		expect(data.options.maxretry).toMatchObject({ value: '5', origin: 'stock', own: false });
		expect(data.options['bantime.increment']).toMatchObject({
			value: 'false',
			file: null,
			origin: 'default',
		});
	});

	it('names the enabled jails with a value of their own, not the disabled ones', async () => {
		const { data } = await services(new FakeConfig(own)).get();
		expect(data.options.maxretry?.jails).toEqual(['sshd']);
		expect(data.options.bantime?.jails).toEqual([]);
	});

	it('lets nobody but root@pam set what runs as a shell, nor see secrets', async () => {
		const config = new FakeConfig({
			'jail.local':
				'[DEFAULT]\naction = hook[url="https://h.example/abcd"]\nmail_password = hunter22\nsender = hunter22@x\n',
		});
		const seen = (await services(config).get()).data.options;
		expect(seen.action).toMatchObject({ editable: false, raw: 'hook[url=***]' });
		expect(seen.sender).toMatchObject({ editable: false, value: '***@x' });
		const all = (await services(config).get(root)).data.options;
		expect(all.action).toMatchObject({ editable: true, raw: 'hook[url="https://h.example/abcd"]' });
	});

	it('names the file that would win over a change', async () => {
		const config = new FakeConfig({ 'jail.d/zz.local': '[DEFAULT]\n\nbantime = 1d\n' });
		expect((await services(config).get()).data.options.bantime).toMatchObject({
			editable: false,
			'blocked-by': { file: 'jail.d/zz.local', line: 3 },
			target: null,
			own: false,
		});
	});
});

describe('updateDefaults', () => {
	it('writes to [DEFAULT] of jail.local and keeps the rest of it', async () => {
		const text = '# mine\n[DEFAULT]\n# short\nbantime = 1h ; was 2h\n\n[sshd]\nport = 22\n';
		const config = new FakeConfig({ 'jail.local': text });
		const done = await services(config).update({ bantime: '2d', 'bantime-increment': true, usedns: 'no' });
		expect(config.files.get('jail.local')).toBe(
			'# mine\n[DEFAULT]\n# short\nbantime = 2d ; was 2h\nbantime.increment = true\nusedns = no\n\n[sshd]\nport = 22\n',
		);
		expect(done).toMatchObject({
			data: {
				changed: [
					{ option: 'bantime', from: '1h', to: '2d' },
					{ option: 'bantime.increment', from: null, to: 'true' },
					{ option: 'usedns', from: null, to: 'no' },
				],
			},
		});
		expect(String(config.requests[0]?.what)).toBe('defaults: bantime, bantime.increment, usedns');
	});

	it('expects the value in every enabled jail, but in those with one of their own', async () => {
		const config = new FakeConfig(own);
		await services(config).update({ maxretry: 7, findtime: '1h' });
		expect(config.plans[0]?.expected).toEqual([
			{ jail: null, option: 'maxretry', value: '7' },
			{ jail: 'sshd', option: 'maxretry', value: '3' },
			{ jail: null, option: 'findtime', value: '1h' },
			{ jail: 'sshd', option: 'findtime', value: '1h' },
		]);
	});

	it('gives values back, and leaves no file and no header that says nothing', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nbantime = 2h\nbantime.increment = true\n' });
		await services(config).update({ delete: 'bantime-increment' });
		expect(config.files.get('jail.local')).toBe('[DEFAULT]\nbantime = 2h\n');
		await services(config).update({ delete: 'bantime' });
		expect(config.files.has('jail.local')).toBe(false);
		expect(config.value(null, 'bantime')).toBe('10m');
	});

	it('does nothing for what holds already, or is not set here', async () => {
		const config = new FakeConfig();
		await services(config).update({ bantime: '10m', delete: 'findtime,usedns' });
		expect(config.plans[0]).toEqual({ edits: [], expected: [], changed: [] });
	});

	it('refuses what another file would win over, naming it', async () => {
		const config = new FakeConfig({ 'jail.d/zz.local': '[DEFAULT]\nbantime = 1d\n' });
		await expect(services(config).update({ bantime: '2h' })).rejects.toMatchObject({
			status: 400,
			errors: { bantime: 'jail.d/zz.local:2 is read later and overrides it.' },
		});
	});

	it('holds values to the rules of the jails', async () => {
		const bad = services(new FakeConfig(own)).update({
			bantime: '0',
			findtime: 'soon',
			banaction: 'noop',
		});
		await expect(bad).rejects.toMatchObject({ status: 400 });
		const { errors } = (await bad.catch((error) => error)) as { errors: Record<string, string> };
		expect(Object.keys(errors).sort()).toEqual(['banaction', 'bantime', 'findtime']);
		await services(new FakeConfig(own)).update({ banaction: 'noop' }, root);
		const missing = services(new FakeConfig(own)).update({ banaction: 'nothing' }, root);
		await expect(missing).rejects.toMatchObject({ errors: { banaction: "There is no action 'nothing'." } });
	});

	it('lets root@pam alone set what runs as root, and names each such option', async () => {
		const params = { bantime: '0', action: 'x', 'bantime-factor': '__import__("os")' };
		await expect(services(new FakeConfig(own)).update(params)).rejects.toMatchObject({
			status: 403,
			message: "Only root@pam may set 'bantime-factor' and 'action'.",
			errors: { action: "Only root@pam may set 'action'.", 'bantime-factor': expect.any(String) },
		});
	});

	it('gives back neither what is no default, nor what only root@pam may', async () => {
		const give = (list: string) => services(new FakeConfig()).update({ delete: list });
		await expect(give('enabled')).rejects.toMatchObject({
			errors: { delete: 'Not an option of all jails: enabled.' },
		});
		await expect(give('action')).rejects.toMatchObject({
			errors: { delete: "Only root@pam may delete 'action'." },
		});
	});

	it('answers a task where the change takes long', async () => {
		const config = new FakeConfig({
			'action.d/nftables-multiport.conf': stock['action.d/nftables.conf'] ?? '',
		});
		config.asTask = true;
		const result = await services(config).update({ banaction: 'nftables-multiport' });
		if (!('task' in result)) throw new Error('no task');
		expect(config.value(null, 'banaction')).toBe('iptables-multiport');
		await result.task.run(() => {}, new AbortController().signal);
		expect(config.value(null, 'banaction')).toBe('nftables-multiport');
	});
});
