import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeRow } from '../../src/contract/types.ts';
import { answerOf, mustDo, refusalOf } from '../support/contractCalls.ts';
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
		const get = (name: string) => answerOf(helper.call, 'getFile', { name });
		const put = (name: string, content: string, more = {}) =>
			answerOf(helper.call, 'updateFile', { name, content, ...more });
		const putRefused = (name: string, content: string, more = {}) =>
			refusalOf(helper.call, 'updateFile', { name, content, ...more });
		const create = (params: { name: string; content: string; check?: 1 }) =>
			answerOf(helper.call, 'createFile', params);
		const remove = (name: string) => mustDo(helper.call, 'deleteFile', { name });
		const change = (params: Record<string, string>, user?: string) =>
			answerOf(helper.call, 'updateJail', { jail: 'sshd', ...params }, user);
		const changes = (user?: string) => answerOf(helper.call, 'listChanges', {}, user);
		const newest = async (user?: string) => (await changes(user))[0] as ChangeRow;
		const status = (id: string, user?: string) => answerOf(helper.call, 'getChangeStatus', { id }, user);
		const revert = (id: string, user?: string) => answerOf(helper.call, 'revertChange', { id }, user);
		const reverted = (id: string) => mustDo(helper.call, 'revertChange', { id });
		const revertRefused = (id: string, user?: string) => refusalOf(helper.call, 'revertChange', { id }, user);

		it('lists every file with its origin, and whether it can be edited', async () => {
			const rows = await answerOf(helper.call, 'listFiles', {}, 'audit@pve');
			const row = (name: string) => rows.find((one) => one.name === name);
			expect(row('jail.conf')).toMatchObject({
				origin: 'package',
				package: 'fail2ban',
				used: true,
				edit: null,
			});
			expect(row('jail.local')).toMatchObject({ origin: 'local', package: null, used: true, edit: 'root' });
			expect(row('jail.local')?.size).toBe((await stat(path('jail.local'))).size);
			expect(rows.map(({ name }) => name).sort()).toEqual(
				Object.keys(await fingerprint(fail2ban.config)).sort(),
			);
		});

		it('keeps the line ends of a file that it saves, and applies it', async () => {
			const before = await get('jail.local');
			expect(before).toMatchObject({ editable: true, problems: [] });
			const content = before.content.replaceAll('\r\n', '\n').replace('5', '7');
			const saved = await put('jail.local', content, { digest: before.digest });
			expect(saved).toMatchObject({ problems: [], stops: [] });
			expect(await read('jail.local')).toBe('# kept\r\n[DEFAULT]\r\nmaxretry = 7\r\n');
			expect(saved.digest).toBe(
				createHash('sha1')
					.update(await readFile(path('jail.local')))
					.digest('hex'),
			);
			expect(await running('sshd', 'maxretry')).toBe('7');
			expect((await putRefused('jail.local', content, { digest: before.digest })).status).toBe(409);
		});

		it('refuses a text that fail2ban would not read, and names the lines', async () => {
			const before = await fingerprint(fail2ban.config);
			const bad = '[sshd]\nbantime = soon\nmaxretry = 0\n';
			const found = await put('jail.local', bad, { check: 1 });
			expect(found.problems.map(({ line }) => line)).toEqual([2, 3]);
			const twice = '[sshd]\nbantime = 1h\nbantime = 2h\nnonsense\n';
			const { status, errors } = await putRefused('jail.local', twice);
			expect(status).toBe(400);
			expect(errors.content).toMatch(/^Line 3: .*twice.*\nLine 4: /);
			const lost = '[sshd]\nenabled = true\nlogpath = %(nothing)s\n';
			const unknown = await put('jail.local', lost, { check: 1 });
			expect(unknown.problems).toMatchObject([{ line: 3 }]);
			const regex = await create({
				name: 'filter.d/sshd.local',
				content: '# x\n[Definition]\nfailregex = ^ok <HOST>\n            ^from <HOST> (\n',
				check: 1,
			});
			expect(regex.problems).toMatchObject([{ line: 4 }]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('tells which jails a text stops, and does what it says', async () => {
			const content = '[pam-generic]\nenabled = false\n';
			const file = { name: 'jail.d/pam.local', content };
			expect(await create({ ...file, check: 1 })).toMatchObject({ problems: [], stops: ['pam-generic'] });
			await create(file);
			expect((await fail2ban.client('status', 'pam-generic')).exit).not.toBe(0);
			expect((await refusalOf(helper.call, 'createFile', file)).code).toBe('file-exists');
			await remove(file.name);
			expect((await fail2ban.client('status', 'pam-generic')).exit).toBe(0);
			expect((await refusalOf(helper.call, 'getFile', { name: file.name })).status).toBe(404);
		});

		it('applies an edited filter and an edited action to the jails that use them', async () => {
			const filter = {
				name: 'filter.d/sshd.local',
				content: '[Definition]\nignoreregex = ^harmless <HOST>$\n',
			};
			await create(filter);
			expect(await running('sshd', 'ignoreregex')).toContain('^harmless ');
			const action = { name: 'action.d/noop.local', content: '[Definition]\nactionban = true <ip>\n' };
			await mustDo(helper.call, 'createFile', action);
			expect((await fail2ban.client('get', 'sshd', 'action', 'noop', 'actionban')).stdout.trim()).toBe(
				'true <ip>',
			);
			for (const { name } of [action, filter]) {
				await remove(name);
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
				expect([name, (await refusalOf(helper.call, 'getFile', { name })).code]).toEqual([
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
				expect([name, (await putRefused(name, '')).code]).toEqual([
					name,
					expect.stringMatching(/invalid|not-a-local-file|no-file/),
				]);
			const made = await refusalOf(helper.call, 'createFile', { name: 'unread.local', content: '[x]\n' });
			expect(made.message).toContain('would not read');
			expect((await putRefused('jail.d/link.local', '[x]\n')).message).toContain('symbolic link');
			const asAdmin = await refusalOf(helper.call, 'getFile', { name: 'jail.local' }, 'admin@pve');
			expect(asAdmin.status).toBe(403);
			await rm(path('jail.d/link.local'));
			await rm(path('jail.d/x.local.bak'));
		});

		it('makes a file readable again that is no UTF-8', async () => {
			await writeFile(
				path('jail.d/old.local'),
				Buffer.from('[sshd]\n# gr\xfc\xdfe\nmaxretry = 4\n', 'latin1'),
			);
			const data = await get('jail.d/old.local');
			expect(data).toMatchObject({ content: '[sshd]\n# grüße\nmaxretry = 4\n', problems: [{ line: 2 }] });
			await put('jail.d/old.local', data.content, { digest: data.digest });
			expect(await running('sshd', 'maxretry')).toBe('4');
			await remove('jail.d/old.local');
			expect(await running('sshd', 'maxretry')).toBe('7');
		});

		it('tells who changed what, the newest first, with a diff for root@pam', async () => {
			const { id } = await change({ bantime: '2h' }, 'admin@pve');
			expect(await newest('audit@pve')).toMatchObject({
				id,
				user: 'admin@pve',
				what: 'jail sshd: bantime',
				messages: { what: { id: 'jail {0}: {1}', args: ['sshd', 'bantime'] } },
				files: ['jail.d/sshd.local'],
				state: 'applied',
			});
			expect((await status(id)).messages).toEqual({
				what: { id: 'jail {0}: {1}', args: ['sshd', 'bantime'] },
			});
			expect(await status(id, 'audit@pve')).toMatchObject({ diff: null, removes: ['jail.d/sshd.local'] });
			expect((await status(id)).diff).toBe(
				'--- /dev/null\n+++ b/jail.d/sshd.local\n@@ -0,0 +1,2 @@\n+[sshd]\n+bantime = 2h\n',
			);
		});

		it('takes a change back, also one of somebody else, and that is a change itself', async () => {
			const first = await newest();
			const stateOfFirst = async () => (await changes()).find(({ id }) => id === first.id)?.state;
			await change({ findtime: '3h' }, 'admin@pve');
			expect((await status(first.id)).removes).toEqual([]);
			const done = await revert(first.id, 'admin@pve');
			expect(done).toMatchObject({ files: ['jail.d/sshd.local'], pending: false });
			// the later change stays
			expect(await read('jail.d/sshd.local')).toBe('[sshd]\nfindtime = 3h\n');
			expect([await running('sshd', 'bantime'), await running('sshd', 'findtime')]).toEqual(['600', '10800']);
			expect(await newest()).toMatchObject({
				id: done.id,
				what: 'revert: jail sshd: bantime',
				messages: { what: { id: 'revert: {0}', args: [{ id: 'jail {0}: {1}' }] } },
				state: 'applied',
			});
			expect(await stateOfFirst()).toBe('undone');
			expect((await revertRefused(first.id, 'admin@pve')).message).toBe('This change was already reverted.');
			await mustDo(helper.call, 'revertChange', { id: done.id }, 'admin@pve');
			expect(await running('sshd', 'bantime')).toBe('7200');
			expect(await stateOfFirst()).toBe('applied');
			// reverts of reverts do not nest one text in the next without end
			expect((await newest()).messages).toEqual({
				what: { id: 'revert: {0}', args: ['revert: jail sshd: bantime'] },
			});
		});

		it('refuses to take back what was changed again since', async () => {
			const { id } = (await changes()).find(({ what }) => what === 'jail sshd: findtime') as ChangeRow;
			await change({ findtime: '4h' });
			const before = await fingerprint(fail2ban.config);
			const refused = await revertRefused(id);
			expect(refused.status).toBe(409);
			expect(refused.message).toContain('jail.d/sshd.local: findtime in [sshd] has been changed since');
			expect(await status(id)).toMatchObject({
				refused: refused.message,
				messages: { what: { id: 'jail {0}: {1}' }, refused: { id: '{0} {1}' } },
			});
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('lets nobody below root@pam take back what only root@pam may set', async () => {
			const action = 'noop[name="x"]';
			await mustDo(helper.call, 'updateJail', { jail: 'sshd', action });
			const { id } = await newest();
			expect(await revertRefused(id, 'admin@pve')).toMatchObject({
				status: 403,
				message: 'Only root@pam may revert this change, because it sets action in [sshd].',
			});
			await reverted(id);
			expect(await read('jail.d/sshd.local')).not.toContain('action');
		});

		it('shows edits made outside, and takes them back', async () => {
			const ours = await read('jail.d/sshd.local');
			await writeFile(path('jail.d/sshd.local'), `${ours}maxretry = 9\n`);
			await utimes(path('jail.d/sshd.local'), 1_700_000_000, 1_700_000_000);
			const outside = async () =>
				(await changes()).find(
					({ state, files }) => state === 'outside' && files[0] === 'jail.d/sshd.local',
				) as ChangeRow;
			const mine = await outside();
			expect(mine).toMatchObject({ user: null, time: 1_700_000_000 });
			expect((await status(mine.id)).diff).toMatch(
				/^--- a\/jail\.d\/sshd\.local\n\+\+\+ b[\s\S]*\n\+maxretry = 9\n$/,
			);
			await reverted(mine.id);
			expect(await read('jail.d/sshd.local')).toBe(ours);
			await rm(path('jail.d/sshd.local'));
			const gone = await outside();
			expect(gone.what).toContain('removed by hand');
			await reverted(gone.id);
			expect(await read('jail.d/sshd.local')).toBe(ours);
		});
	},
);
