import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

describe.each(releases().map((release) => [release.version, release] as const))(
	'files and changes on fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, {
				files: { 'jail.local': '# kept\r\n[DEFAULT]\r\nmaxretry = 5\r\n' },
			});
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		const path = (name: string) => join(fail2ban.config, name);
		const read = (name: string) => readFile(path(name), 'utf8');
		const running = async (jail: string, option: string) =>
			(await fail2ban.client('get', jail, option)).stdout.trim();
		const get = (name: string) => helper.call('GET', '/file', { name });
		const put = (name: string, content: string, more = {}) =>
			helper.call('PUT', '/file', { name, content, ...more });
		const changes = async (user?: string) => (await helper.call('GET', '/changes', {}, user)).body.data;

		it('lists every file with its origin, and whether it can be edited', async () => {
			const { body } = await helper.call('GET', '/files', {}, 'audit@pve');
			const row = (name: string) => body.data.find((one: { name: string }) => one.name === name);
			expect(row('jail.conf')).toMatchObject({
				origin: 'package',
				package: 'fail2ban',
				used: true,
				edit: null,
			});
			expect(row('jail.local')).toMatchObject({ origin: 'local', package: null, used: true, edit: 'root' });
			expect(row('jail.local').size).toBe((await stat(path('jail.local'))).size);
			expect(body.data.map(({ name }: { name: string }) => name).sort()).toEqual(
				Object.keys(await fingerprint(fail2ban.config)).sort(),
			);
		});

		it('keeps the line ends of a file that it saves, and applies it', async () => {
			const before = (await get('jail.local')).body.data;
			expect(before).toMatchObject({ editable: true, problems: [] });
			const content = before.content.replaceAll('\r\n', '\n').replace('5', '7');
			const { status, body } = await put('jail.local', content, { digest: before.digest });
			expect([status, body.data.problems, body.data.stops]).toEqual([200, [], []]);
			expect(await read('jail.local')).toBe('# kept\r\n[DEFAULT]\r\nmaxretry = 7\r\n');
			expect(body.data.digest).toBe(
				createHash('sha1')
					.update(await readFile(path('jail.local')))
					.digest('hex'),
			);
			expect(await running('sshd', 'maxretry')).toBe('7');
			expect((await put('jail.local', content, { digest: before.digest })).status).toBe(409);
		});

		it('refuses a text that fail2ban would not read, and names the lines', async () => {
			const before = await fingerprint(fail2ban.config);
			const bad = '[sshd]\nbantime = soon\nmaxretry = 0\n';
			expect(
				(await put('jail.local', bad, { check: 1 })).body.data.problems.map((one: any) => one.line),
			).toEqual([2, 3]);
			const twice = '[sshd]\nbantime = 1h\nbantime = 2h\nnonsense\n';
			const { status, body } = await put('jail.local', twice);
			expect(status).toBe(400);
			expect(body.error.errors.content).toMatch(/^Line 3: .*twice.*\nLine 4: /);
			const unknown = (
				await put('jail.local', '[sshd]\nenabled = true\nlogpath = %(nothing)s\n', { check: 1 })
			).body.data;
			expect(unknown.problems).toMatchObject([{ line: 3 }]);
			const regex = await helper.call('POST', '/file', {
				name: 'filter.d/sshd.local',
				content: '# x\n[Definition]\nfailregex = ^ok <HOST>\n            ^from <HOST> (\n',
				check: 1,
			});
			expect(regex.body.data.problems).toMatchObject([{ line: 4 }]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('tells which jails a text stops, and does what it says', async () => {
			const content = '[pam-generic]\nenabled = false\n';
			const file = { name: 'jail.d/pam.local', content };
			const { body } = await helper.call('POST', '/file', { ...file, check: 1 });
			expect(body.data).toMatchObject({ problems: [], stops: ['pam-generic'] });
			expect((await helper.call('POST', '/file', file)).status).toBe(200);
			expect((await fail2ban.client('status', 'pam-generic')).exit).not.toBe(0);
			expect((await helper.call('POST', '/file', file)).body.error.code).toBe('file-exists');
			expect((await helper.call('DELETE', '/file', { name: file.name })).status).toBe(200);
			expect((await fail2ban.client('status', 'pam-generic')).exit).toBe(0);
			expect((await get(file.name)).status).toBe(404);
		});

		it('applies an edited filter and an edited action to the jails that use them', async () => {
			const filter = {
				name: 'filter.d/sshd.local',
				content: '[Definition]\nignoreregex = ^harmless <HOST>$\n',
			};
			expect((await helper.call('POST', '/file', filter)).status).toBe(200);
			expect(await running('sshd', 'ignoreregex')).toContain('^harmless ');
			const action = { name: 'action.d/noop.local', content: '[Definition]\nactionban = true <ip>\n' };
			const made = await helper.call('POST', '/file', action);
			expect(made.body).toEqual({ exit: { ok: true } });
			expect((await fail2ban.client('get', 'sshd', 'action', 'noop', 'actionban')).stdout.trim()).toBe(
				'true <ip>',
			);
			for (const { name } of [action, filter]) {
				const gone = await helper.call('DELETE', '/file', { name });
				expect(gone.status).toBe(200);
			}
			expect(await running('sshd', 'ignoreregex')).not.toContain('harmless');
		});

		it('holds names below the folder, and shows raw text to root@pam only', async () => {
			await writeFile(join(fail2ban.dir, 'secret'), 'x');
			await symlink(join(fail2ban.dir, 'secret'), path('jail.d/link.local'));
			await mkdir(path('jail.d/sub'));
			await writeFile(path('jail.d/x.local.bak'), '[x]\n');
			for (const name of [
				'../secret',
				'jail.d/../../secret',
				'/etc/passwd',
				'jail.d/link.local',
				'jail.d/x.local.bak',
				'jail.d',
			])
				expect([name, (await get(name)).body.error?.code]).toEqual([
					name,
					expect.stringMatching(/no-file|file-refused/),
				]);
			for (const name of [
				'jail.conf',
				'../x.local',
				'x.d/y.local',
				'jail.d/.x.local',
				'jail.d/../x.local',
				'jail.d/sub/x.local',
			])
				expect([name, (await put(name, '')).body.error.code]).toEqual([
					name,
					expect.stringMatching(/invalid|not-a-local-file|no-file/),
				]);
			const made = await helper.call('POST', '/file', { name: 'unread.local', content: '[x]\n' });
			expect(made.body.error.message).toContain('would not read');
			expect((await put('jail.d/link.local', '[x]\n')).body.error.message).toContain('symbolic link');
			expect((await helper.call('GET', '/file', { name: 'jail.local' }, 'admin@pve')).status).toBe(403);
			await rm(path('jail.d/link.local'));
			await rm(path('jail.d/x.local.bak'));
		});

		it('makes a file readable again that is no UTF-8', async () => {
			await writeFile(
				path('jail.d/old.local'),
				Buffer.from('[sshd]\n# gr\xfc\xdfe\nmaxretry = 4\n', 'latin1'),
			);
			const { data } = (await get('jail.d/old.local')).body;
			expect(data).toMatchObject({ content: '[sshd]\n# grüße\nmaxretry = 4\n', problems: [{ line: 2 }] });
			expect((await put('jail.d/old.local', data.content, { digest: data.digest })).status).toBe(200);
			expect(await running('sshd', 'maxretry')).toBe('4');
			expect((await helper.call('DELETE', '/file', { name: 'jail.d/old.local' })).status).toBe(200);
			expect(await running('sshd', 'maxretry')).toBe('7');
		});

		it('tells who changed what, the newest first, with a diff for root@pam', async () => {
			const change = await helper.call('PUT', '/jails/sshd', { bantime: '2h' }, 'admin@pve');
			expect(change.status).toBe(200);
			const [newest] = await changes('audit@pve');
			expect(newest).toMatchObject({
				id: change.body.data.id,
				user: 'admin@pve',
				what: 'jail sshd: bantime',
				messages: { what: { id: 'jail {0}: {1}', args: ['sshd', 'bantime'] } },
				files: ['jail.d/sshd.local'],
				state: 'applied',
			});
			const detail = async (user?: string) =>
				(await helper.call('GET', `/changes/${newest.id}/status`, {}, user)).body.data;
			expect((await detail()).messages).toEqual({ what: { id: 'jail {0}: {1}', args: ['sshd', 'bantime'] } });
			expect((await detail('audit@pve')).diff).toBeNull();
			expect((await detail()).diff).toBe(
				'--- /dev/null\n+++ b/jail.d/sshd.local\n@@ -0,0 +1,2 @@\n+[sshd]\n+bantime = 2h\n',
			);
		});

		it('takes a change back, also one of somebody else, and that is a change itself', async () => {
			const [first] = await changes();
			await helper.call('PUT', '/jails/sshd', { findtime: '3h' }, 'admin@pve');
			const revert = (id: string, user = 'admin@pve') =>
				helper.call('POST', `/changes/${id}/revert`, {}, user);
			const done = await revert(first.id);
			expect(done.body.data).toMatchObject({ files: ['jail.d/sshd.local'], pending: false });
			// the later change stays
			expect(await read('jail.d/sshd.local')).toBe('[sshd]\nfindtime = 3h\n');
			expect([await running('sshd', 'bantime'), await running('sshd', 'findtime')]).toEqual(['600', '10800']);
			const rows = await changes();
			expect(rows[0]).toMatchObject({
				id: done.body.data.id,
				what: 'revert: jail sshd: bantime',
				messages: { what: { id: 'revert: {0}', args: [{ id: 'jail {0}: {1}' }] } },
				state: 'applied',
			});
			expect(rows.find((row: any) => row.id === first.id).state).toBe('undone');
			expect((await revert(first.id)).body.error.message).toBe('This change was already reverted.');
			expect((await revert(done.body.data.id)).status).toBe(200);
			expect(await running('sshd', 'bantime')).toBe('7200');
			expect((await changes()).find((row: any) => row.id === first.id).state).toBe('applied');
		});

		it('refuses to take back what was changed again since', async () => {
			const [change] = (await changes()).filter((row: any) => row.what === 'jail sshd: findtime');
			await helper.call('PUT', '/jails/sshd', { findtime: '4h' });
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await helper.call('POST', `/changes/${change.id}/revert`);
			expect(status).toBe(409);
			expect(body.error.message).toContain('jail.d/sshd.local: findtime in [sshd] has been changed since');
			const { data } = (await helper.call('GET', `/changes/${change.id}/status`)).body;
			expect(data).toMatchObject({
				refused: body.error.message,
				messages: { what: { id: 'jail {0}: {1}' }, refused: { id: '{0} {1}' } },
			});
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('lets nobody below root@pam take back what only root@pam may set', async () => {
			const action = 'noop[name="x"]';
			expect((await helper.call('PUT', '/jails/sshd', { action })).status).toBe(200);
			const [change] = await changes();
			const asAdmin = await helper.call('POST', `/changes/${change.id}/revert`, {}, 'admin@pve');
			expect([asAdmin.status, asAdmin.body.error.message]).toEqual([
				403,
				'Only root@pam may revert this change, because it sets action in [sshd].',
			]);
			expect((await helper.call('POST', `/changes/${change.id}/revert`)).status).toBe(200);
			expect(await read('jail.d/sshd.local')).not.toContain('action');
		});

		it('shows edits made outside, and takes them back', async () => {
			const ours = await read('jail.d/sshd.local');
			await writeFile(path('jail.d/sshd.local'), `${ours}maxretry = 9\n`);
			await utimes(path('jail.d/sshd.local'), 1_700_000_000, 1_700_000_000);
			const outside = async () => (await changes()).filter((row: any) => row.state === 'outside');
			const rows = await outside();
			const mine = rows.find((row: any) => row.files[0] === 'jail.d/sshd.local');
			expect(mine).toMatchObject({ user: null, time: 1_700_000_000 });
			const { data } = (await helper.call('GET', `/changes/${mine.id}/status`)).body;
			expect(data.diff).toMatch(/^--- a\/jail\.d\/sshd\.local\n\+\+\+ b[\s\S]*\n\+maxretry = 9\n$/);
			expect((await helper.call('POST', `/changes/${mine.id}/revert`)).status).toBe(200);
			expect(await read('jail.d/sshd.local')).toBe(ours);
			await rm(path('jail.d/sshd.local'));
			const [gone] = (await outside()).filter((row: any) => row.files[0] === 'jail.d/sshd.local');
			expect(gone.what).toContain('removed by hand');
			expect((await helper.call('POST', `/changes/${gone.id}/revert`)).status).toBe(200);
			expect(await read('jail.d/sshd.local')).toBe(ours);
		});
	},
);
