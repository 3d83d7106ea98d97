import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DumpCommand, Fail2banCommands } from '../../../../src/backend/fail2ban/Fail2banCommands.ts';
import { ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import { verbatim } from '../../../../src/backend/kit/message.ts';
import { getJailConfigService, optionDetail } from '../../../../src/backend/services/jails/detail.ts';
import { maskSecrets } from '../../../../src/backend/services/kit/secrets.ts';
import { statusServices } from '../../../../src/backend/services/overview/status.ts';
import { ConfigCheck, lostActions } from '../../../../src/backend/services/server/ConfigCheck.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import type { JailRow, Status } from '../../../../src/contract/types.ts';
import { admin, FakeConfig, root } from '../support/FakeConfig.ts';
import { FakeLog, FakeServer } from '../support/FakeServer.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const good = { exit: 0, signal: null, stdout: 'OK', stderr: '', timedOut: false };
const noLog =
	'2026-11-22 14:43:39,844 fail2ban [7]: ERROR   Failed during configuration: Have not found any log file for recidive jail\n';

function commandsOf(dump: DumpCommand[], stderr = ''): Fail2banCommands {
	const result = { ...good, exit: stderr ? 255 : 0, stderr };
	return {
		test: async () => result,
		dump: async () => dump,
		reload: async () => good,
		start: async () => good,
		stop: async () => good,
		restart: async () => good,
	};
}

function jailDump(jail: string): DumpCommand[] {
	return [
		['add', jail, 'polling'],
		['set', jail, 'addlogpath', `/var/log/${jail}.log`, 'tail'],
		['set', jail, 'addaction', 'iptables-multiport'],
		['start', jail],
	];
}

/** Answers the getters of a comparison. */
function answering(server: FakeServer, answers: Record<string, unknown>): FakeServer {
	const command = server.command.bind(server);
	server.command = async (words) => {
		const option = words[2] ?? '';
		if (words[0] === 'get' && option in answers) return answers[option] as never;
		return command(words);
	};
	return server;
}

function panel(server: FakeServer, commands: Fail2banCommands, config = new FakeConfig()) {
	const figures = new ServerFigures(server, () => ({ pid: 7, startedAt: 1_699_999_000 }), Date.now);
	const check = new ConfigCheck({ server, commands, now: Date.now, log: new FakeLog() });
	const services = statusServices({
		files: config,
		figures,
		check,
		bans: { revision: 0 },
		provisional: { current: () => null },
		now: Date.now,
		pluginVersion: '0.1.0',
	});
	const detail = getJailConfigService({ files: config, figures, check });
	return {
		figures,
		status: async () => ((await services.getStatus({ params: {}, caller: admin })) as { data: Status }).data,
		jails: async (all = false) =>
			((await services.listJails({ params: { all }, caller: admin })) as { data: JailRow[] }).data,
		jail: async (jail: string, caller = admin) =>
			((await detail({ params: { jail }, caller })) as { data: any }).data,
		/** Lets the look behind the callers' back come to its end. */
		settle: () => vi.advanceTimersByTimeAsync(500),
	};
}

const running = { actions: ['iptables-multiport'], logpath: ['/var/log/sshd.log'] };

describe('getStatus', () => {
	it('tells of a healthy server', async () => {
		const server = answering(new FakeServer({ sshd: ['192.0.2.1'] }), running);
		const { status, settle } = panel(server, commandsOf(jailDump('sshd')));
		await status();
		await settle();
		expect(await status()).toMatchObject({
			running: true,
			version: '1.1.0',
			uptime: 1000,
			pid: 7,
			jails: 1,
			'enabled-jails': 1,
			banned: 1,
			loglevel: 'INFO',
			pending: [],
			problems: [],
			stale: null,
			covers: false,
		});
	});

	it('changes its token with a ban, an unban, a reload and a change on disk', async () => {
		const server = answering(new FakeServer({ sshd: ['192.0.2.1'] }), running);
		const config = new FakeConfig();
		const { status, figures, settle } = panel(server, commandsOf(jailDump('sshd')), config);
		await status();
		await settle();
		const tokens = [(await status()).token];
		expect((await status()).token).toBe(tokens[0]);
		server.add('sshd', ['192.0.2.2'], 1);
		tokens.push((await status()).token);
		await server.unban('sshd', ['192.0.2.2']);
		tokens.push((await status()).token);
		figures.changed();
		tokens.push((await status()).token);
		config.files.set('jail.local', '[DEFAULT]\nbantime = 1d\n');
		tokens.push((await status()).token);
		expect(new Set(tokens).size).toBe(5);
	});

	it('says which option on disk differs from what runs, and where it stands', async () => {
		const server = answering(new FakeServer({ sshd: [] }), { ...running, maxretry: 5 });
		const config = new FakeConfig({ 'jail.d/sshd.local': '[sshd]\nmaxretry = 3\n' });
		const dump = [...jailDump('sshd'), ['set', 'sshd', 'maxretry', 3]];
		const { status, settle } = panel(server, commandsOf(dump), config);
		await status();
		await settle();
		expect((await status()).pending).toEqual([
			{ jail: 'sshd', option: 'maxretry', running: '5', configured: '3', file: 'jail.d/sshd.local', line: 2 },
		]);
	});

	it('shows no secret among the options that differ', async () => {
		const server = answering(new FakeServer({ sshd: [] }), { ...running, ignorecommand: '/x --api-key=old' });
		const dump = [...jailDump('sshd'), ['set', 'sshd', 'ignorecommand', '/x --api-key=new']];
		const { status, settle } = panel(server, commandsOf(dump), new FakeConfig());
		await status();
		await settle();
		expect((await status()).pending).toMatchObject([
			{ option: 'ignorecommand', running: '/x --api-key=***', configured: '/x --api-key=***' },
		]);
	});

	it('says why a jail is not running', async () => {
		const server = answering(new FakeServer({ sshd: [] }), running);
		const config = new FakeConfig({ 'jail.d/recidive.local': '[recidive]\nenabled = true\n' });
		const { status, jails, settle } = panel(
			server,
			commandsOf([...jailDump('recidive'), ...jailDump('sshd')], noLog),
			config,
		);
		await status();
		await settle();
		const words = 'Have not found any log file for recidive jail';
		const text = `Jail 'recidive' is not running: ${words}`;
		const message = { id: "Jail '{0}' is not running: {1}", args: ['recidive', words] };
		expect((await status()).problems).toEqual([
			{ id: 'jail-stopped', severity: 'error', jail: 'recidive', text, messages: { text: message } },
		]);
		expect(await jails()).toMatchObject([
			{
				jail: 'recidive',
				enabled: true,
				running: false,
				problem: text,
				messages: { problem: message },
			},
			{ jail: 'sshd', running: true, enforcing: true, problem: null, source: '/var/log/sshd.log' },
		]);
	});

	it('warns of a jail that runs without its actions', async () => {
		const server = answering(new FakeServer({ sshd: [] }), { ...running, actions: [] });
		const { status, jails, settle } = panel(server, commandsOf(jailDump('sshd')));
		expect(await jails()).toMatchObject([{ enforcing: null }]);
		await settle();
		expect(await jails()).toMatchObject([{ enforcing: false }]);
		expect(await status()).toMatchObject({
			pending: [],
			problems: [{ id: 'jail-not-enforcing', jail: 'sshd' }],
		});
	});

	it('answers from the configuration alone when the server never answered', async () => {
		const server = new FakeServer();
		server.hang = new Promise(() => {});
		const { status, jails } = panel(server, commandsOf([]));
		const asked = Promise.all([status(), jails()]);
		await vi.advanceTimersByTimeAsync(900);
		const [told, rows] = await asked;
		expect(told).toMatchObject({
			running: true,
			'enabled-jails': 1,
			stale: 1_700_000_000,
			problems: [{ id: 'no-answer' }],
		});
		expect(rows).toMatchObject([{ jail: 'sshd', enabled: true, bantime: '10m', filter: 'sshd' }]);
	});

	it('tells that the server is not running, and why', async () => {
		const server = new FakeServer();
		server.failure = new ServerError('not-running', 'no socket');
		const { status, settle } = panel(server, commandsOf(jailDump('sshd'), noLog));
		await status();
		await settle();
		expect(await status()).toMatchObject({
			running: false,
			stale: null,
			problems: [{ id: 'not-running', text: expect.stringContaining('log file for recidive') }],
		});
	});

	it('names files that fail2ban cannot read', async () => {
		const config = new FakeConfig({ 'jail.d/twice.local': '[sshd]\nport = 1\nport = 2\n' });
		config.problems = [
			{ file: '/etc/fail2ban/jail.d/x.local', message: verbatim('jail.d/x.local:3: not UTF-8') },
		];
		const { status } = panel(
			answering(new FakeServer({ sshd: [] }), running),
			commandsOf(jailDump('sshd')),
			config,
		);
		const { problems } = await status();
		expect(problems.map(({ id }) => id)).toEqual(['file-unreadable', 'file-unreadable']);
		expect(problems.map(({ messages }) => messages?.text)).toContainEqual({
			id: '{0}: {1}',
			args: ['jail.d/twice.local:3', expect.objectContaining({ id: expect.any(String) })],
		});
		expect(problems.map(({ text }) => text).join()).toMatch(
			/x\.local:3.*twice\.local:3|twice\.local:3.*x\.local:3/,
		);
	});
});

describe('ConfigCheck', () => {
	it('looks again only when files or server changed, or time went by', async () => {
		const commands = commandsOf(jailDump('sshd'));
		const dump = vi.spyOn(commands, 'dump');
		const server = answering(new FakeServer({ sshd: [] }), running);
		const asked = vi.spyOn(server, 'pipeline');
		const config = new FakeConfig();
		const { status, settle } = panel(server, commands, config);
		const looks = async () => {
			asked.mockClear();
			await status();
			await settle();
			return asked.mock.calls.filter(([words]) => words.length > 4).length;
		};
		expect(await looks()).toBe(1);
		expect(await looks()).toBe(0);
		vi.setSystemTime(Date.now() + 61_000);
		expect(await looks()).toBe(1);
		config.files.set('jail.local', '[DEFAULT]\nbantime = 1d\n');
		expect(await looks()).toBe(1);
		expect(dump).toHaveBeenCalledTimes(2);
	});
});

describe('lostActions', () => {
	it('tells lost actions from other ones that still enforce', () => {
		const of = (now: string | null, wanted: string) =>
			lostActions({ jail: 'j', option: 'actions', running: now, configured: wanted });
		expect(of(null, 'nftables')).toBe(true);
		expect(of('mail', 'nftables, mail')).toBe(true);
		expect(of('iptables', 'nftables')).toBe(false);
	});
});

describe('listJails', () => {
	it('lists disabled jails on demand, and one that runs without a section', async () => {
		const { jails } = panel(
			answering(new FakeServer({ sshd: [], left: ['192.0.2.1'] }), running),
			commandsOf(jailDump('sshd')),
		);
		expect((await jails()).map(({ jail }) => jail)).toEqual(['left', 'sshd']);
		expect(await jails(true)).toMatchObject([
			{ jail: 'left', enabled: false, running: true, banned: 1 },
			{ jail: 'recidive', enabled: false, running: false, bantime: '1w', stock: true },
			{ jail: 'sshd' },
		]);
	});
});

describe('getJailConfig', () => {
	const config = new FakeConfig({
		'jail.local': '[DEFAULT]\nfindtime = 1h\n',
		'jail.d/sshd.local': '[sshd]\nbantime = 2h\naction = mail[password="hunter2"]\napi_token = abc\n',
		'jail.d/zz.local': '[sshd]\nport = 2222\n',
	});
	const { jail } = panel(new FakeServer({ sshd: [] }), commandsOf(jailDump('sshd')), config);

	it('tells each value with its origin and what a reset gives back', async () => {
		const { options, stock, digest } = await jail('sshd');
		expect(stock).toBe(true);
		expect(digest).toBe(config.snapshot().digest);
		expect(options.bantime).toEqual({
			value: '2h',
			raw: '2h',
			file: 'jail.d/sshd.local',
			line: 2,
			origin: 'admin',
			own: true,
			editable: true,
			'blocked-by': null,
			target: 'jail.d/sshd.local',
			overrides: [{ value: '10m', raw: '10m', file: 'jail.conf', line: 2 }],
		});
		expect(options.findtime).toMatchObject({
			value: '1h',
			origin: 'admin',
			own: false,
			overrides: [{ value: '10m' }],
		});
		expect(options.maxretry).toMatchObject({ value: '5', origin: 'stock', own: false });
		expect(options['bantime.increment']).toMatchObject({
			value: null,
			file: null,
			origin: 'default',
			editable: true,
		});
		expect(options.filter).toMatchObject({ value: 'sshd', raw: '%(__name__)s[mode=%(mode)s]' });
	});

	it('names the file that would beat a change', async () => {
		expect((await jail('sshd')).options.port).toMatchObject({
			value: '2222',
			own: false,
			editable: false,
			target: null,
			'blocked-by': { file: 'jail.d/zz.local', line: 2 },
		});
	});

	it('hides the value of a secret option wherever an interpolation brings it', async () => {
		const files = {
			'jail.local':
				'[DEFAULT]\nmy_token = abc123\nhead = X: %(my_token)s\n[sshd]\nignorecommand = /x "%(head)s"\n',
		};
		const config = new FakeConfig(files);
		expect(optionDetail(config.snapshot(), 'sshd', 'ignorecommand', false).value).toBe('/x "X: ***"');
		expect(optionDetail(config.snapshot(), 'sshd', 'ignorecommand', true).value).toBe('/x "X: abc123"');
	});

	it('shows secrets, and lets edit what reaches a shell, only to root@pam', async () => {
		const seen = (await jail('sshd')).options;
		expect(JSON.stringify(seen)).not.toMatch(/hunter2|abc/);
		expect(seen.action.editable).toBe(false);
		const all = (await jail('sshd', root)).options;
		expect(all.action).toMatchObject({ raw: 'mail[password="hunter2"]', editable: true });
		expect(all.api_token).toMatchObject({ value: 'abc', editable: false });
	});

	it('answers 404 for a jail that is not there', async () => {
		await expect(jail('none')).rejects.toMatchObject({ status: 404 });
	});
});

describe('maskSecrets', () => {
	it('hides arguments by their name and keeps the rest', () => {
		expect(maskSecrets('filter', "x[a=1, API-Key='k]', smtp_pass=p, b=2]")).toBe(
			'x[a=1, API-Key=***, smtp_pass=***, b=2]',
		);
		expect(maskSecrets('ignorecommand', '/x --url=https://h/?token=abc')).toBe(
			'/x --url=https://h/?token=***',
		);
	});

	it('hides every argument of an action but those known to hold no secret', () => {
		expect(maskSecrets('action', '%(action_)s\nx[name=a, port="1,2", url="https://h/abc", to=\'b\']')).toBe(
			'%(action_)s\nx[name=a, port="1,2", url=***, to=***]',
		);
		expect(maskSecrets('banaction', 'nftables[type=multiport, hook=x]')).toBe(
			'nftables[type=multiport, hook=***]',
		);
	});

	it('keeps what is no argument', () => {
		expect(maskSecrets('ignorecache', 'key="<ip>"')).toBe('key="<ip>"');
		expect(maskSecrets('cf_token', 'abc')).toBe('***');
	});
});
