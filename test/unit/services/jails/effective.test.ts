import { describe, expect, it } from 'vitest';
import { type DumpCommand, parseDump } from '../../../../src/backend/config/dump.ts';
import type { Fail2banCommands } from '../../../../src/backend/fail2ban/Fail2banCommands.ts';
import { getEffectiveJailService } from '../../../../src/backend/services/jails/effective.ts';
import { admin, FakeConfig, root } from '../support/FakeConfig.ts';

const config = new FakeConfig({
	'jail.local': '[DEFAULT]\nfindtime = 1h\nchat_token = hunter2%%x\n',
	'jail.d/sshd.local':
		'[sshd]\nbantime = 2h\nlogpath = /var/log/a.log\n\t/var/log/b.log\n' +
		'action = chat[url="https://example.org/%(chat_token)s"]\nignorecommand = /bin/x %(chat_token)s\n' +
		'datepattern = %%Y %(missing)s\n',
});

const dump: DumpCommand[] = [
	['set', 'loglevel', 'INFO'],
	['config-error', "Jail 'other' skipped"],
	['add', 'sshd', 'auto'],
	['set', 'sshd', 'ignorecommand', '/bin/x hunter2%x'],
	['set', 'sshd', 'addaction', 'chat'],
	[
		'multi-set',
		'sshd',
		'action',
		'chat',
		[
			['actionban', 'curl -H "X: y" https://example.org/hunter2'],
			['name', 'sshd'],
		],
	],
	['set', 'sshd', 'addaction', 'mail', '/etc/fail2ban/action.d/mail.py', '{"password": "hunter3"}'],
	['set', 'sshd', 'action', 'one', 'actionban', 'hunter4'],
	['add', 'pam', 'auto'],
	['start', 'sshd'],
];

function effective(jail: string, { caller = root, says = dump, files = config } = {}) {
	const commands = { dump: async () => says } as unknown as Fail2banCommands;
	return getEffectiveJailService({ files, commands })({ params: { jail }, caller }).then((answer) => {
		if (!('data' in answer)) throw new Error('a task');
		return answer.data;
	});
}

describe('getEffectiveJail', () => {
	it('tells the server commands of just this jail as fail2ban prints them', async () => {
		const { commands, problem, enabled } = await effective('sshd');
		const own = dump.filter(([, jail]) => jail === 'sshd');
		expect(parseDump(commands.join('\n'))).toEqual(own);
		expect([problem, enabled]).toEqual([null, true]);
	});

	it('writes one section with references resolved and the place of each value above it', async () => {
		const { ini } = await effective('sshd');
		const lines = ini.split('\n');
		expect(lines[0]).toBe('[sshd]');
		const at = (text: string) => lines[lines.indexOf(text) - 1];
		expect(at('bantime = 2h')).toBe('# jail.d/sshd.local:2');
		expect(at('findtime = 1h')).toBe('# jail.local:2');
		expect(at('filter = sshd[mode=normal]')).toMatch(/^# jail\.conf:\d+$/);
		expect(lines[lines.indexOf('logpath = /var/log/a.log') + 1]).toBe('\t/var/log/b.log');
		expect(lines).toContain('ignorecommand = /bin/x hunter2%%x');
	});

	it('keeps as written what cannot be resolved, and says why', async () => {
		const lines = (await effective('sshd')).ini.split('\n');
		const index = lines.indexOf('datepattern = %%Y %(missing)s');
		expect(lines[index - 1]).toMatch(/^# jail\.d\/sshd\.local:\d+ \(.*missing.*\)$/);
	});

	it('shows nobody but root@pam arguments of actions and secrets', async () => {
		const { commands, ini } = await effective('sshd', { caller: admin });
		expect(JSON.stringify({ commands, ini })).not.toMatch(/hunter\d|curl/);
		expect(parseDump(commands.join('\n'))).toEqual([
			['add', 'sshd', 'auto'],
			['set', 'sshd', 'ignorecommand', '/bin/x ***'],
			['set', 'sshd', 'addaction', 'chat'],
			[
				'multi-set',
				'sshd',
				'action',
				'chat',
				[
					['actionban', '***'],
					['name', 'sshd'],
				],
			],
			['set', 'sshd', 'addaction', 'mail', '/etc/fail2ban/action.d/mail.py', '***'],
			['set', 'sshd', 'action', 'one', 'actionban', '***'],
			['start', 'sshd'],
		]);
		expect(ini).toContain('chat_token = ***');
		expect(ini).toContain('action = chat[url=***]');
	});

	it('shows a disabled jail as if it were enabled', async () => {
		const { commands, enabled, problem } = await effective('recidive');
		expect([enabled, problem]).toEqual([false, null]);
		expect(commands).toContain("['set', 'recidive', 'bantime', '1w']");
	});

	it('tells in fail2ban’s words why it skips the jail', async () => {
		const says: DumpCommand[] = [['config-error', "Jail 'sshd' skipped, because of wrong configuration"]];
		expect(await effective('sshd', { says })).toMatchObject({
			commands: [],
			problem: "Jail 'sshd' skipped, because of wrong configuration",
		});
	});

	it('answers 404 for a jail that is not there', async () => {
		await expect(effective('nojail')).rejects.toMatchObject({ status: 404 });
	});
});
