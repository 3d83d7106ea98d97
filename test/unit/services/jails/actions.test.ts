import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/backend/kit/caller.ts';
import { actionServices } from '../../../../src/backend/services/jails/actions.ts';
import type { ActionDetail, ActionRow } from '../../../../src/contract/types.ts';
import { admin, FakeConfig, root } from '../support/FakeConfig.ts';

const files = {
	'action.d/iptables-common.conf': '[Init]\nchain = INPUT\nblocktype = REJECT\n',
	'action.d/iptables-multiport.conf':
		'[INCLUDES]\nbefore = iptables-common.conf\n[Definition]\nactionban = x <chain>\n[Init?family=inet6]\nblocktype = DROP\n',
	'action.d/iptables-multiport.local': '[Init]\nchain = FORWARD\n',
	'action.d/webhook.local':
		'[Definition]\nactionban = curl <url>\n[Init]\nurl = https://h.example/abcd\nabuse_token = s3cret\nport = 443\n',
	'action.d/smtp.py': 'class SMTPAction: pass\n',
	'action.d/broken.conf': '[Definition]\nactionban = x\nactionban = y\n',
	'action.d/.hidden.conf': '[Definition]\n',
};

async function list(caller: Caller = admin): Promise<Map<string, ActionRow>> {
	const { listActions } = actionServices({ files: new FakeConfig(files) });
	const { data } = (await listActions({ params: {}, caller })) as { data: ActionRow[] };
	return new Map(data.map((row) => [row.name, row]));
}

async function get(name: string, caller: Caller, config = new FakeConfig(files)): Promise<ActionDetail> {
	const result = await actionServices({ files: config }).getAction({ params: { name }, caller });
	return (result as { data: ActionDetail }).data;
}

describe('listActions', () => {
	it('names each action once, sorted, with what may be set of it', async () => {
		const rows = await list();
		expect([...rows.keys()]).toEqual([
			'broken',
			'iptables-common',
			'iptables-multiport',
			'nftables',
			'smtp.py',
			'webhook',
		]);
		expect(rows.get('iptables-multiport')).toEqual({
			name: 'iptables-multiport',
			file: 'action.d/iptables-multiport.local',
			origin: 'changed',
			bans: true,
			banaction: true,
			problem: null,
			parameters: ['chain', 'blocktype', 'blocktype?family=inet6'],
		});
		expect(rows.get('webhook')).toMatchObject({ origin: 'local', file: 'action.d/webhook.local' });
		expect(rows.get('smtp.py')).toMatchObject({ origin: 'package', bans: true, parameters: [] });
	});

	it('tells files that are only included from actions, and what the caller may choose', async () => {
		expect((await list()).get('iptables-common')).toMatchObject({ bans: false, banaction: false });
		expect((await list()).get('webhook')?.banaction).toBe(false);
		expect((await list(root)).get('webhook')?.banaction).toBe(true);
	});

	it('says why fail2ban cannot read one, without blaming the jails', async () => {
		const config = new FakeConfig(files);
		const { data } = (await actionServices({ files: config }).listActions({
			params: {},
			caller: admin,
		})) as { data: ActionRow[] };
		expect(data[0]?.problem).toMatch(/^action\.d\/broken\.conf:3: /);
		expect(data.slice(1).every(({ problem }) => problem === null)).toBe(true);
		expect(config.snapshot().jails.problems).toEqual([]);
	});
});

describe('getAction', () => {
	it('tells of each parameter which file sets it', async () => {
		const { parameters } = await get('iptables-multiport', root);
		expect(parameters).toEqual([
			{ name: 'chain', value: 'FORWARD', file: 'action.d/iptables-multiport.local', line: 2 },
			{ name: 'blocktype', value: 'REJECT', file: 'action.d/iptables-common.conf', line: 3 },
			{ name: 'blocktype?family=inet6', value: 'DROP', file: 'action.d/iptables-multiport.conf', line: 6 },
		]);
	});

	it('masks what may be a secret for everybody but root@pam', async () => {
		const values = async (caller: Caller) =>
			Object.fromEntries((await get('webhook', caller)).parameters.map(({ name, value }) => [name, value]));
		expect(await values(admin)).toEqual({ url: '***', abuse_token: '***', port: '443' });
		expect(await values(root)).toEqual({
			url: 'https://h.example/abcd',
			abuse_token: 's3cret',
			port: '443',
		});
	});

	it('has another digest when one of its files changes, also one that is included', async () => {
		const config = new FakeConfig(files);
		const digests = [(await get('iptables-multiport', root, config)).digest];
		for (const file of ['action.d/iptables-common.conf', 'action.d/iptables-multiport.local']) {
			config.files.set(file, `${config.files.get(file)}# more\n`);
			digests.push((await get('iptables-multiport', root, config)).digest);
		}
		expect(new Set(digests).size).toBe(3);
	});

	it('answers 404 for an action that is not installed', async () => {
		await expect(get('nothing', root)).rejects.toMatchObject({ status: 404, code: 'no-action' });
	});
});
