import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/backend/kit/caller.ts';
import { verbatim } from '../../../../src/backend/kit/message.ts';
import { jailWriteServices } from '../../../../src/backend/services/jails/writes.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { admin, FakeConfig, root } from '../support/FakeConfig.ts';
import { FakeServer } from '../support/FakeServer.ts';

const now = () => Date.UTC(2026, 10, 23, 10);

function writes(config: FakeConfig) {
	const figures = new ServerFigures(new FakeServer(), () => null, now);
	const services = jailWriteServices({ changes: config, figures, now });
	return {
		update: (params: Record<string, unknown>, caller: Caller = admin, jail = 'sshd') =>
			services.updateJail({ params: { jail, ...params }, caller }),
		create: (params: Record<string, unknown>, caller: Caller = admin, jail = 'web') =>
			services.createJail({ params: { jail, ...params }, caller }),
		remove: (jail: string, caller: Caller = admin) => services.deleteJail({ params: { jail }, caller }),
	};
}

describe('updateJail', () => {
	it('writes to a file of the jail and says what changed', async () => {
		const config = new FakeConfig();
		const done = await writes(config).update({ bantime: '2h', maxretry: 3, 'bantime-increment': true });
		expect(config.files.get('jail.d/sshd.local')).toBe(
			'[sshd]\nmaxretry = 3\nbantime = 2h\nbantime.increment = true\n',
		);
		expect(done).toMatchObject({
			data: {
				changed: [
					{ option: 'maxretry', from: '5', to: '3' },
					{ option: 'bantime', from: '10m', to: '2h' },
					{ option: 'bantime.increment', from: null, to: 'true' },
				],
			},
		});
		expect(String(config.requests[0]?.what)).toBe('jail sshd: maxretry, bantime, bantime.increment');
		expect(config.plans[0]?.expected).toContainEqual({ jail: 'sshd', option: 'bantime', value: '2h' });
	});

	it('does nothing for values that hold already, however they are written', async () => {
		const config = new FakeConfig();
		await writes(config).update({ bantime: '10m', enabled: true, filter: 'sshd', port: ' ssh ' });
		expect(config.plans[0]).toMatchObject({ edits: [], changed: [] });
	});

	it('names every bad value by its parameter', async () => {
		const bad = writes(new FakeConfig()).update({
			bantime: "__import__('os')",
			port: 'ssh; touch X',
			filter: '../../evil/x',
			maxretry: 5,
			banaction: 'noop[actionban="touch X"]',
			ignoreip: '%(sec/token)s',
			'bantime-maxtime': '1 fortnight',
		});
		await expect(bad).rejects.toMatchObject({ status: 400 });
		const { errors } = await bad.then(
			() => ({ errors: {} }),
			(error: { errors: object }) => error,
		);
		expect(Object.keys(errors).sort()).toEqual([
			'banaction',
			'bantime',
			'bantime-maxtime',
			'filter',
			'ignoreip',
			'port',
		]);
	});

	it('refuses a filter or an action that is not installed', async () => {
		const bad = writes(new FakeConfig()).update({ filter: 'nothing', banaction: 'nftables-allports' });
		await expect(bad).rejects.toMatchObject({
			errors: {
				filter: "There is no filter 'nothing'.",
				banaction: "There is no action 'nftables-allports'.",
			},
		});
	});

	it('lets only root@pam set what reaches a shell, and give it back', async () => {
		const config = new FakeConfig();
		await expect(writes(config).update({ ignorecommand: '/bin/true' })).rejects.toMatchObject({
			errors: { ignorecommand: expect.stringContaining('root@pam') },
		});
		await writes(config).update({ ignorecommand: '/bin/true' }, root);
		expect(config.value('sshd', 'ignorecommand')).toBe('/bin/true');
		await expect(writes(config).update({ delete: 'ignorecommand' })).rejects.toMatchObject({
			errors: { delete: expect.stringContaining('root@pam') },
		});
		await writes(config).update({ delete: 'ignorecommand' }, root);
		expect(config.value('sshd', 'ignorecommand')).toBeUndefined();
	});

	it('keeps the mode of a filter that is changed by its name', async () => {
		const config = new FakeConfig();
		await writes(config).update({ filter: 'proxmox', mode: 'aggressive' });
		expect(config.value('sshd', 'filter')).toBe('proxmox[mode=aggressive]');
	});

	it('ignores a good part of the Internet only by force, unless it is ignored already', async () => {
		const config = new FakeConfig();
		await expect(writes(config).update({ ignoreip: '192.0.2.1 128.0.0.0/1' })).rejects.toMatchObject({
			status: 409,
			code: 'too-wide',
			errors: { ignoreip: expect.stringContaining('128.0.0.0/1') },
		});
		await expect(writes(config).create({ filter: 'sshd', ignoreip: '::/0' })).rejects.toMatchObject({
			code: 'too-wide',
		});
		await writes(config).update({ ignoreip: '128.0.0.0/1', force: true });
		await writes(config).update({ ignoreip: '128.0.0.0/1 192.0.2.1' });
		expect(config.value('sshd', 'ignoreip')).toContain('192.0.2.1');
	});

	it.each(['my jail', 'käse', '-x', 'a..b'])(
		'writes what is set for the odd jail %j to jail.local',
		async (jail) => {
			const config = new FakeConfig({ 'jail.d/odd.conf': `[${jail}]\nfilter = sshd\n` });
			await writes(config).update({ bantime: '2h' }, admin, jail);
			expect(config.files.get('jail.local')).toBe(`[${jail}]\nbantime = 2h\n`);
			await writes(config).remove(jail);
			expect(config.files.has('jail.local')).toBe(false);
		},
	);

	it('gives options back, and removes a file that says nothing more', async () => {
		const config = new FakeConfig({ 'jail.d/sshd.local': '[sshd]\nbantime = 2h\nfindtime = 1h\n' });
		await writes(config).update({ delete: 'bantime,bantime-increment' });
		expect(config.files.get('jail.d/sshd.local')).toBe('[sshd]\nfindtime = 1h\n');
		expect(config.plans[0]).toMatchObject({
			expected: [{ jail: 'sshd', option: 'bantime', value: '10m' }],
			changed: [{ option: 'bantime', from: '2h', to: '10m' }],
		});
		await writes(config).update({ delete: 'findtime' });
		expect(config.files.has('jail.d/sshd.local')).toBe(false);
	});

	it('keeps a file in which somebody wrote a comment', async () => {
		const config = new FakeConfig({ 'jail.d/sshd.local': '# do not touch\n[sshd]\nbantime = 2h\n' });
		await writes(config).update({ delete: 'bantime' });
		expect(config.files.get('jail.d/sshd.local')).toContain('# do not touch');
	});

	it('refuses to give back what it does not know, or sets', async () => {
		const { update } = writes(new FakeConfig());
		await expect(update({ delete: 'bantiem' })).rejects.toMatchObject({
			errors: { delete: expect.stringContaining('bantiem') },
		});
		await expect(update({ delete: 'bantime', bantime: '1h' })).rejects.toMatchObject({
			errors: { delete: expect.stringContaining('bantime') },
		});
	});

	it('names the file that would still win', async () => {
		const config = new FakeConfig({ 'jail.d/zz.local': '# by hand\n[sshd]\nbantime = 9h\n' });
		await expect(writes(config).update({ bantime: '2h' })).rejects.toMatchObject({
			errors: { bantime: 'jail.d/zz.local:3 is read later and overrides it.' },
		});
		await writes(config)
			.update({ delete: 'bantime' })
			.catch(() => {});
		expect(config.files.get('jail.d/zz.local')).toContain('bantime = 9h');
	});

	it('refuses a file that cannot be read as text, rather than to write it anew', async () => {
		const config = new FakeConfig();
		config.problems = [
			{ file: '/etc/fail2ban/jail.d/sshd.local', message: verbatim('jail.d/sshd.local:2: not UTF-8') },
		];
		await expect(writes(config).update({ bantime: '2h' })).rejects.toMatchObject({ code: 'faulty-file' });
	});

	it('says which jail shall no longer run', async () => {
		const config = new FakeConfig();
		await writes(config).update({ enabled: false });
		expect(config.plans[0]?.stops).toEqual(['sshd']);
	});

	it('writes a value a line, indented', async () => {
		const config = new FakeConfig();
		await writes(config).update({ logpath: '/var/log/a.log\n\n /var/log/b.log\n' }, root);
		expect(config.files.get('jail.d/sshd.local')).toBe(
			'[sshd]\nlogpath = /var/log/a.log\n    /var/log/b.log\n',
		);
		await writes(config).update({ logpath: '/var/log/a.log\n/var/log/b.log' }, root);
		expect(config.plans[1]?.edits).toEqual([]);
	});

	it('keeps the comments of ignored addresses that stay', async () => {
		const before = '[sshd]\nignoreip = 10.0.0.1 ; office\n    10.0.0.2 ; gone\n';
		const config = new FakeConfig({ 'jail.d/sshd.local': before });
		await writes(config).update({ ignoreip: '10.0.0.3, 10.0.0.1' });
		expect(config.files.get('jail.d/sshd.local')).toBe(
			'[sshd]\nignoreip = 10.0.0.1 ; office\n    10.0.0.3 ; (2026-11-23T10:00:00Z admin@pve)\n',
		);
	});

	it('shows no secret of an action in what changed', async () => {
		const config = new FakeConfig();
		const action = 'nftables\nmail[password="hunter2", dest=x]';
		const done = await writes(config).update({ action }, root);
		expect(JSON.stringify(done)).not.toContain('hunter2');
		expect(config.value('sshd', 'action')).toContain('hunter2');
	});

	it('answers 404 for a jail that is not there', async () => {
		await expect(writes(new FakeConfig()).update({ bantime: '1h' }, admin, 'none')).rejects.toMatchObject({
			status: 404,
		});
	});
});

describe('createJail', () => {
	it('makes a jail that starts', async () => {
		const config = new FakeConfig();
		await writes(config).create({ filter: 'proxmox', backend: 'systemd', port: '8006' });
		expect(config.files.get('jail.d/web.local')).toBe(
			'[web]\nenabled = true\nfilter = proxmox[mode=%(mode)s]\nbackend = systemd\nport = 8006\n',
		);
		expect(config.value('web', 'filter')).toBe('proxmox[mode=normal]');
	});

	it('takes the filter that is named like the jail from [DEFAULT] only if it is given', async () => {
		const { create } = writes(new FakeConfig());
		await expect(create({})).rejects.toMatchObject({ errors: { filter: expect.any(String) } });
		await expect(create({ filter: 'sshd' }, admin, 'sshd')).rejects.toMatchObject({ status: 409 });
		for (const name of ['DEFAULT', 'includes', 'loglevel']) {
			await expect(create({ filter: 'sshd' }, admin, name)).rejects.toMatchObject({
				errors: { jail: expect.any(String) },
			});
		}
	});
});

describe('deleteJail', () => {
	it('removes a jail that was made here with its file', async () => {
		const config = new FakeConfig({ 'jail.d/web.local': '[web]\nenabled = true\nfilter = sshd\n' });
		await writes(config).remove('web');
		expect(config.files.has('jail.d/web.local')).toBe(false);
		expect(config.plans[0]).toMatchObject({
			stops: ['web'],
			expected: [{ jail: 'web', option: 'enabled', value: null }],
		});
	});

	it('resets a stock jail to its defaults', async () => {
		const config = new FakeConfig({
			'jail.local': '[DEFAULT]\nbantime = 1d\n\n[sshd]\nmaxretry = 9\n',
			'jail.d/sshd.local': '[sshd]\nbantime = 2h\n',
		});
		await writes(config).remove('sshd');
		expect(config.files.get('jail.local')).toBe('[DEFAULT]\nbantime = 1d\n');
		expect(config.value('sshd', 'bantime')).toBe('1d');
		expect(config.value('sshd', 'maxretry')).toBe('5');
		expect(config.plans[0]?.stops).toEqual([]);
	});

	it('refuses while another file says something of the jail too', async () => {
		const config = new FakeConfig({
			'jail.d/zz.local': '[web]\nbantime = 9h\n',
			'jail.d/web.local': '[web]\nfilter = sshd\n',
		});
		await expect(writes(config).remove('web')).rejects.toMatchObject({
			errors: { jail: expect.stringContaining('jail.d/zz.local:2') },
		});
	});

	it('leaves to root@pam what only root@pam may set', async () => {
		const config = new FakeConfig({ 'jail.d/web.local': '[web]\nfilter = sshd\naction = x\n' });
		await expect(writes(config).remove('web')).rejects.toMatchObject({ status: 403 });
		await writes(config).remove('web', root);
		expect(config.files.has('jail.d/web.local')).toBe(false);
	});
});
