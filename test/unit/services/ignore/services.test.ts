import { describe, expect, it } from 'vitest';
import { ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import type { Caller } from '../../../../src/backend/kit/caller.ts';
import { BanCache } from '../../../../src/backend/services/bans/BanCache.ts';
import { ignoreChanges } from '../../../../src/backend/services/ignore/change.ts';
import { ignoreServices } from '../../../../src/backend/services/ignore/services.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { admin, FakeConfig, root, stock } from '../support/FakeConfig.ts';
import { FakeLog, FakeServer, readFrom } from '../support/FakeServer.ts';

const now = () => Date.UTC(2026, 10, 23, 10);
const stamp = '(2026-11-23T10:00:00Z admin@pve)';

function ignores(config: FakeConfig, server = new FakeServer({ sshd: [] })) {
	const log = new FakeLog();
	const figures = new ServerFigures(server, () => null, now);
	const cache = new BanCache({
		server,
		figures,
		readBans: readFrom(server),
		counts: async () => new Map(),
		now,
		log,
	});
	const changes = ignoreChanges(config, now);
	const services = ignoreServices({ server, files: config, figures, cache, changes, now, log });
	return {
		log,
		list: async (client?: string) =>
			(await services.listIgnore({ params: client ? { client } : {}, caller: root })) as { data: any[] },
		add: async (params: Record<string, unknown>, caller: Caller = admin) =>
			(await services.addIgnore({ params: params as { ip: string }, caller })) as { data: any },
		remove: async (params: Record<string, unknown>) =>
			(await services.removeIgnore({ params: params as { ip: string }, caller: admin })) as { data: any },
	};
}

const own = '[sshd]\nignoreip = 10.9.9.9 ; by hand\n';

describe('addIgnore', () => {
	it('adds an entry a line with its comment to [DEFAULT]', async () => {
		const config = new FakeConfig();
		const { data } = await ignores(config).add({ ip: '10.0.0.0/24, 2001:DB8::1', comment: 'office' });
		expect(data).toEqual({ added: 2, removed: 0, unbanned: 0, pending: false, provisional: null });
		expect(config.files.get('jail.local')).toBe(
			`[DEFAULT]\nignoreip =\n    10.0.0.0/24 ; office ${stamp}\n    2001:db8::1 ; office ${stamp}\n`,
		);
		expect(config.value('recidive', 'ignoreip')?.split(/\s+/)).toEqual(['', '10.0.0.0/24', '2001:db8::1']);
	});

	it('adds it to jails with a list of their own too, when it shall count everywhere', async () => {
		const config = new FakeConfig({ 'jail.d/sshd.local': own });
		await ignores(config).add({ ip: '10.0.0.1' });
		expect(config.files.get('jail.d/sshd.local')).toBe(
			`[sshd]\nignoreip = 10.9.9.9 ; by hand\n    10.0.0.1 ; ${stamp}\n`,
		);
		expect(config.plans[0]?.changed.map(({ option }) => option)).toEqual(['ignoreip', 'sshd/ignoreip']);
		expect(config.plans[0]?.expected.map(({ jail }) => jail)).toContain('recidive');
	});

	it('keeps what the jail inherited when it gets a list of its own', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 127.0.0.1/8 ::1 ; local\n' });
		await ignores(config).add({ ip: '10.0.0.1', jail: 'sshd' });
		expect(config.value('sshd', 'ignoreip')?.split(/\s+/)).toEqual(['127.0.0.1/8', '::1', '10.0.0.1']);
		expect(config.value('recidive', 'ignoreip')).toBe('127.0.0.1/8 ::1');
		expect((await ignores(config).list()).data.map(({ ip, jail }) => [ip, jail])).toEqual([
			['127.0.0.1/8', null],
			['::1', null],
			['10.0.0.1', 'sshd'],
		]);
	});

	it('gives a jail no list of its own for what counts everywhere', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.1\n' });
		expect((await ignores(config).add({ ip: '10.0.0.1', jail: 'sshd' })).data.added).toBe(0);
		expect(config.plans[0]?.edits).toEqual([]);
	});

	it('replaces the comment of an entry that is there', async () => {
		const config = new FakeConfig();
		await ignores(config).add({ ip: '10.0.0.1', comment: 'old' });
		const { data } = await ignores(config).add({ ip: '10.0.0.1', comment: 'new' }, root);
		expect(data.added).toBe(0);
		expect((await ignores(config).list()).data).toMatchObject([
			{ ip: '10.0.0.1', comment: 'new', user: 'admin@pve', added: now() / 1000 },
		]);
	});

	it('wants root and force for a network that holds a good part of the Internet', async () => {
		const config = new FakeConfig();
		const { add } = ignores(config);
		for (const ip of ['0.0.0.0/0', '64.0.0.0/7', '2000::/31']) {
			await expect(add({ ip }, root)).rejects.toMatchObject({ status: 409, code: 'too-wide' });
			await expect(add({ ip, force: true })).rejects.toMatchObject({ status: 403, code: 'root-only' });
		}
		expect(config.requests).toEqual([]);
		await add({ ip: '0.0.0.0/0', force: true }, root);
		expect(config.requests[0]?.forced).toBe(true);
	});

	it('takes no host names and names every bad entry', async () => {
		await expect(ignores(new FakeConfig()).add({ ip: 'a.example 10.0.0.1 10.0.0' })).rejects.toMatchObject({
			errors: { ip: "Not a valid IP address: 'a.example', '10.0.0'." },
		});
	});

	it('lifts the bans of what it ignores', async () => {
		const server = new FakeServer({ sshd: ['10.0.0.1', '10.0.1.1'], recidive: ['10.0.0.2'] });
		const { add, log } = ignores(new FakeConfig(), server);
		expect((await add({ ip: '10.0.0.0/24', unban: true })).data.unbanned).toBe(2);
		expect(server.banned.get('sshd')?.map(({ ip }) => ip)).toEqual(['10.0.1.1']);
		expect(log.lines.join()).toContain('from=recidive: 10.0.0.2; sshd: 10.0.0.1');
	});

	it('answers 404 for a jail that is not there', async () => {
		await expect(ignores(new FakeConfig()).add({ ip: '10.0.0.1', jail: 'x' })).rejects.toMatchObject({
			status: 404,
		});
	});
});

describe('removeIgnore', () => {
	it('removes an entry everywhere and keeps those beside it', async () => {
		const config = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip = 10.0.0.1 10.0.0.2 ; two\n',
			'jail.d/sshd.local': '[sshd]\nignoreip = 10.0.0.1\n',
		});
		expect((await ignores(config).remove({ ip: '10.0.0.1' })).data.removed).toBe(1);
		expect(config.files.get('jail.local')).toBe('[DEFAULT]\nignoreip = 10.0.0.2 ; two\n');
		expect(config.files.get('jail.d/sshd.local')).toMatch(/^\[sshd\]\nignoreip = ?\n$/);
		expect(config.value('sshd', 'ignoreip')).toBe('');
	});

	it('removes it from one jail only when asked so', async () => {
		const config = new FakeConfig({
			'jail.d/sshd.local': own,
			'jail.d/recidive.local': own.replace('sshd', 'recidive'),
		});
		await ignores(config).remove({ ip: '10.9.9.9', jail: 'sshd' });
		expect(config.value('sshd', 'ignoreip')).toBe('');
		expect(config.value('recidive', 'ignoreip')).toBe('10.9.9.9');
	});

	it('answers 404 for an entry that is nowhere', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 10.0.0.1\n' });
		await expect(ignores(config).remove({ ip: '10.0.0.9' })).rejects.toMatchObject({ status: 404 });
		await expect(ignores(config).remove({ ip: '10.0.0.1', jail: 'sshd' })).rejects.toMatchObject({
			status: 404,
		});
	});

	it('removes what stands there, also a host name', async () => {
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = host.example 10.0.0.1\n' });
		await ignores(config).remove({ ip: 'host.example' });
		expect(config.value(null, 'ignoreip')).toBe('10.0.0.1');
	});

	it('says where an entry comes from that an interpolation brings', async () => {
		const config = new FakeConfig({
			'jail.local': '[DEFAULT]\noffice = 10.0.0.1\nignoreip = %(office)s\n',
		});
		await expect(ignores(config).remove({ ip: '10.0.0.1' })).rejects.toMatchObject({
			errors: { ip: expect.stringContaining('jail.local:3') },
		});
	});
});

describe('listIgnore', () => {
	it('tells which entries cover the caller', async () => {
		const config = new FakeConfig({
			'jail.local': '[DEFAULT]\nignoreip = 192.0.2.0/24 10.0.0.1 host.example\n',
		});
		const { data } = await ignores(config).list('::ffff:192.0.2.7');
		expect(data.map(({ ip, covers }) => [ip, covers])).toEqual([
			['192.0.2.0/24', true],
			['10.0.0.1', false],
			['host.example', false],
		]);
		expect(data[0]).toMatchObject({ jail: null, file: 'jail.local', line: 2 });
	});

	it('shows what an interpolation brings', async () => {
		const config = new FakeConfig({
			'jail.local': '[DEFAULT]\noffice = 10.0.0.1\nignoreip = %(office)s ::1\n',
		});
		expect((await ignores(config).list('10.0.0.1')).data.map(({ ip, covers }) => [ip, covers])).toEqual([
			['::1', false],
			['10.0.0.1', true],
		]);
	});

	it('tells which jails still ban what they ignore, and which jails do not ignore it', async () => {
		const server = new FakeServer({
			sshd: ['192.0.2.5', '192.0.2.6', '2001:db8::1'],
			recidive: ['192.0.2.5', 'no address'],
		});
		const config = new FakeConfig({
			'jail.local':
				'[DEFAULT]\nignoreip = 192.0.2.0/24 192.0.2.5 2001:db8::1 10.0.0.1 host.example\n\n[sshd]\nignoreip = 192.0.2.4/30 2001:db8::1\n',
		});
		const { data } = await ignores(config, server).list();
		expect(data.map(({ ip, jail, except, banned }) => [ip, jail, except, banned])).toEqual([
			['192.0.2.0/24', null, ['sshd'], ['recidive']],
			['192.0.2.5', null, ['sshd'], ['recidive']],
			['2001:db8::1', null, [], ['sshd']],
			['10.0.0.1', null, ['sshd'], []],
			['host.example', null, ['sshd'], []],
			['192.0.2.4/30', 'sshd', [], ['sshd']],
		]);
	});

	it('lists the entries while fail2ban does not answer, and says that their bans are not known', async () => {
		const server = new FakeServer({ sshd: ['192.0.2.5'] });
		server.failure = new ServerError('timeout', 'no answer');
		const config = new FakeConfig({ 'jail.local': '[DEFAULT]\nignoreip = 192.0.2.5\n' });
		expect((await ignores(config, server).list()).data).toMatchObject([{ ip: '192.0.2.5', banned: null }]);
	});

	it('says why an entry cannot be changed', async () => {
		const config = new FakeConfig({
			'jail.conf': `${stock['jail.conf']}[nginx]\nignoreip = 10.0.0.3\n`,
			'jail.local':
				'[DEFAULT]\noffice = 10.0.0.1\nignoreip = %(office)s 10.0.0.2 host.example file:/etc/hosts.allow\n',
			'jail.d/a.local': '[recidive]\nignoreip = 10.0.0.4\n',
			'jail.d/z.local': '[sshd]\nignoreip = 10.0.0.5\n',
		});
		const { data } = await ignores(config).list();
		expect(Object.fromEntries(data.map(({ ip, fixed }) => [ip, fixed]))).toEqual({
			'10.0.0.2': null,
			'host.example': 'form',
			'file:/etc/hosts.allow': 'form',
			'10.0.0.1': 'interpolated',
			'10.0.0.3': 'package',
			'10.0.0.4': null,
			'10.0.0.5': 'overridden',
		});
	});
});
