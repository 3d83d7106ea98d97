import { describe, expect, it } from 'vitest';
import { ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import type { Caller } from '../../../../src/backend/kit/caller.ts';
import { type Message, verbatim } from '../../../../src/backend/kit/message.ts';
import { settingsServices } from '../../../../src/backend/services/options/settings.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import type { Settings } from '../../../../src/contract/types.ts';
import { admin, FakeConfig, root } from '../support/FakeConfig.ts';
import { FakeServer } from '../support/FakeServer.ts';

const files = {
	'fail2ban.conf':
		'[DEFAULT]\nloglevel = INFO\nlogtarget = /var/log/fail2ban.log\nsyslogsocket = auto\ndbfile = /db\ndbpurgeage = 1d\n[Definition]\n',
};
const recidive = { 'jail.d/recidive.local': '[recidive]\nenabled = true\n' };

function services(config = new FakeConfig(files), server = new FakeServer(), fault: Message | null = null) {
	const figures = new ServerFigures(server, () => null, Date.now);
	const { getSettings, updateSettings } = settingsServices({
		server,
		files: config,
		changes: config,
		figures,
		logFileFault: async () => fault,
	});
	return {
		get: async (caller: Caller = admin) => (await getSettings({ params: {}, caller })) as { data: Settings },
		update: (params: Record<string, unknown>, caller: Caller = root) => updateSettings({ params, caller }),
	};
}

describe('getSettings', () => {
	it('tells what the files say, and what the server runs with', async () => {
		const config = new FakeConfig({ ...files, 'fail2ban.local': '[Definition]\nloglevel = DEBUG\n' });
		const { options } = (await services(config).get()).data;
		expect(options.loglevel).toEqual({
			value: 'DEBUG',
			raw: 'DEBUG',
			file: 'fail2ban.local',
			line: 2,
			origin: 'admin',
			own: true,
			editable: true,
			'blocked-by': null,
			target: 'fail2ban.local',
			overrides: [{ value: 'INFO', raw: 'INFO', file: 'fail2ban.conf', line: 2 }],
			running: 'INFO',
			differs: true,
		});
		expect(options.dbmaxmatches).toMatchObject({
			value: '10',
			file: null,
			origin: 'default',
			running: null,
			differs: false,
		});
	});

	it('lets only root@pam move the log, and nobody the database', async () => {
		const may = async (caller: Caller) =>
			Object.entries((await services().get(caller)).data.options)
				.filter(([, { editable }]) => editable)
				.map(([name]) => name);
		expect(await may(admin)).toEqual(['loglevel', 'dbpurgeage', 'dbmaxmatches']);
		expect(await may(root)).toEqual(['loglevel', 'logtarget', 'dbpurgeage', 'dbmaxmatches']);
	});

	it('answers without a server', async () => {
		const server = new FakeServer();
		server.failure = new ServerError('not-running', 'no socket');
		const { options } = (await services(new FakeConfig(files), server).get()).data;
		expect(options.loglevel).toMatchObject({ value: 'INFO', running: null });
	});
});

describe('updateSettings', () => {
	it('writes to [Definition] of fail2ban.local', async () => {
		const config = new FakeConfig(files);
		await services(config).update({ loglevel: 'NOTICE', dbpurgeage: '30d', dbmaxmatches: 0 }, admin);
		expect(config.files.get('fail2ban.local')).toBe(
			'[Definition]\nloglevel = NOTICE\ndbpurgeage = 30d\ndbmaxmatches = 0\n',
		);
		expect(config.plans[0]?.expected).toContainEqual({
			jail: null,
			server: true,
			option: 'dbpurgeage',
			value: '30d',
		});
		expect(config.plans[0]?.changed).toContainEqual({ option: 'loglevel', from: 'INFO', to: 'NOTICE' });
		expect(String(config.requests[0]?.what)).toBe('server options: loglevel, dbpurgeage, dbmaxmatches');
	});

	it('gives values back', async () => {
		const config = new FakeConfig({ ...files, 'fail2ban.local': '[Definition]\nloglevel = DEBUG\n' });
		await services(config).update({ delete: 'loglevel' }, admin);
		expect(config.files.has('fail2ban.local')).toBe(false);
	});

	it.each([
		['logtarget', '/etc/cron.d/x'],
		['logtarget', '/var/log/../../etc/x.log'],
		['logtarget', '/var/log/x/y.log'],
		['logtarget', '/var/log/x.log[format="%(x)s"]'],
		['logtarget', '/var/log/x'],
		['logtarget', 'STDOUT'],
		['logtarget', 'SYSLOG\nx = y'],
		['dbpurgeage', '__import__("os").getpid()'],
		['dbpurgeage', '0'],
		['dbpurgeage', '-1'],
		['dbmaxmatches', 1001],
		['loglevel', 'LOUD'],
	])('refuses %s = %s, for root@pam too', async (name, value) => {
		const bad = services().update({ [name]: value });
		await expect(bad).rejects.toMatchObject({ status: 400, errors: { [name]: expect.any(String) } });
	});

	it('takes a log file below /var/log, unless the disk says otherwise', async () => {
		const config = new FakeConfig(files);
		await services(config).update({ logtarget: '/var/log/f2b.log' });
		expect(config.files.get('fail2ban.local')).toBe('[Definition]\nlogtarget = /var/log/f2b.log\n');
		const link = services(new FakeConfig(files), new FakeServer(), verbatim('It is a symbolic link.'));
		await expect(link.update({ logtarget: '/var/log/f2b.log' })).rejects.toMatchObject({
			errors: { logtarget: 'It is a symbolic link.' },
		});
	});

	it('lets nobody but root@pam move the log or give that back', async () => {
		await expect(services().update({ logtarget: 'SYSOUT' }, admin)).rejects.toMatchObject({
			status: 403,
			errors: { logtarget: "Only root@pam may set 'logtarget'." },
		});
		await expect(services().update({ delete: 'logtarget' }, admin)).rejects.toMatchObject({
			errors: { delete: "Only root@pam may delete 'logtarget'." },
		});
		await expect(services().update({ delete: 'dbfile' })).rejects.toMatchObject({ status: 400 });
	});

	it.each([
		[
			{ logtarget: 'SYSOUT' },
			/^Jail 'recidive' reads \/var\/log\/fail2ban\.log, which would get no more lines/,
		],
		[{ loglevel: 'ERROR' }, /where log level ERROR leaves out all bans/],
	])('does not blind a jail that reads the log by %j unless forced', async (params, reason) => {
		const config = new FakeConfig({ ...files, ...recidive });
		await expect(services(config).update(params)).rejects.toMatchObject({
			status: 409,
			code: 'log-watched',
			errors: { 'log-watched': expect.stringMatching(reason) },
		});
		expect(config.files.has('fail2ban.local')).toBe(false);
		await services(config).update({ ...params, force: true });
		expect(config.files.has('fail2ban.local')).toBe(true);
		await services(new FakeConfig({ ...files, ...recidive })).update({ loglevel: 'NOTICE' });
	});

	it('refuses what another file would win over', async () => {
		const config = new FakeConfig({ ...files, 'fail2ban.d/zz.local': '[Definition]\nloglevel = DEBUG\n' });
		await expect(services(config).update({ loglevel: 'INFO' })).rejects.toMatchObject({
			errors: { loglevel: 'fail2ban.d/zz.local:2 is read later and overrides it.' },
		});
	});
});
