import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import type { FilterDetail, FilterRow } from '../../src/contract/types.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

/** The expression of a much copied guide, and the one that cannot be fooled. */
const guide = String.raw`pvedaemon\[.*authentication failure; rhost=<HOST> user=.* msg=.*`;
const hardened = String.raw`^\s*(?:\S+\s+)?pvedaemon\[\d+\]: authentication failure; rhost=<ADDR> user=<F-USER>.*</F-USER> msg=.*$`;

const files = {
	'filter.d/guide.conf': `# from a guide\n[Definition]\nfailregex = ${guide}\nignoreregex =\n`,
	'filter.d/hardened.conf': `[Definition]\nfailregex = ${hardened}\n`,
	'filter.d/runaway.local': '[Definition]\nfailregex = ^failed (a+)+$ <ADDR>\n',
	'filter.d/nobody.local': '[Definition]\nfailregex = ^failed\n\t^no (brackets <ADDR>\n',
	'filter.d/mine.local': '# my own\n[Definition]\nfailregex = ^login failed from <ADDR>$ \n',
	'jail.local':
		'[mine]\nenabled = true\nbackend = polling\nfilter = mine\nlogpath = @DIR@/logs/auth.log\n' +
		'[asleep]\nfilter = guide\nlogpath = @DIR@/logs/auth.log\n',
};

describe.each(releases().map((release) => [release.version, release] as const))(
	'filters on fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		beforeAll(async () => {
			fail2ban = await startFail2ban(release, { files });
			helper = await startTestHelper(fail2ban);
		});
		afterAll(async () => {
			await helper?.stop();
			await fail2ban?.stop();
		});

		async function list(): Promise<FilterRow[]> {
			return (await helper.call('GET', '/filters')).body.data;
		}

		async function detail(name: string): Promise<FilterDetail> {
			const answer = await helper.call('GET', `/filters/${name}`);
			expect(answer.status, JSON.stringify(answer.body)).toBe(200);
			return answer.body.data;
		}

		/** Warnings are looked for behind the back of the calls. */
		async function warningsOf(name: string): Promise<NonNullable<FilterDetail['warnings']>> {
			const warnings = async () => (await detail(name)).warnings;
			const found = await until(warnings, `warnings of ${name}`, (now) => now !== null);
			return found as NonNullable<typeof found>;
		}

		const running = (jail: string) => fail2ban.client('get', jail, 'failregex');

		it('lists all filters with their origin and the jails that use them', async () => {
			const rows = await list();
			const row = (name: string) => rows.find((one) => one.name === name);
			expect(rows.length).toBeGreaterThan(90);
			expect(row('sshd')).toMatchObject({ file: 'filter.d/sshd.conf', origin: 'package', fragment: false });
			expect(row('sshd')?.['used-by']).toEqual([{ jail: 'sshd', enabled: true, running: true }]);
			expect(row('mine')).toMatchObject({ file: 'filter.d/mine.local', origin: 'own', editable: true });
			expect(row('guide')?.['used-by']).toEqual([{ jail: 'asleep', enabled: false, running: false }]);
			expect(row('common')?.fragment).toBe(true);
		});

		it('lets an auditor read and nobody but root@pam write', async () => {
			const read = await helper.call('GET', '/filters/mine', {}, 'audit@pve');
			expect(read.status).toBe(200);
			expect(read.body.data.editable).toBe(false);
			const write = await helper.call('PUT', '/filters/mine', { failregex: '^x <ADDR>' }, 'admin@pve');
			expect(write.status).toBe(403);
		});

		it('answers each shipped filter with the expressions that fail2ban gets', async () => {
			const shown = await detail('sshd');
			const { stdout } = await running('sshd');
			for (const expression of shown.failregex) {
				const plain = expression.split(/<[^>]*>/)[0] ?? '';
				expect(stdout).toContain(plain);
			}
			expect(shown.parameters.find(({ name }) => name === 'mode')).toMatchObject({
				value: 'normal',
				choices: ['aggressive', 'ddos', 'extra', 'normal'],
			});
			expect(shown.options.failregex).toMatchObject({
				file: 'filter.d/sshd.conf',
				origin: 'stock',
				own: false,
			});
			expect(shown.includes).toContainEqual({
				name: 'common.conf',
				when: 'before',
				file: 'filter.d/common.conf',
			});
		});

		describe('warnings', () => {
			it('proves that the much copied expression bans whom an attacker names', async () => {
				const [warning, ...more] = await warningsOf('guide');
				expect(more).toEqual([]);
				expect(warning).toMatchObject({
					kind: 'injectable',
					option: 'failregex',
					index: 0,
					address: '198.51.100.9',
				});
				expect(warning?.sample).toContain('192.0.2.77');
				const folder = mkdtempSync(path.join(tmpdir(), 'pve-fail2ban-line-'));
				try {
					writeFileSync(path.join(folder, 'log'), `Jan  1 00:00:00 ${warning?.sample}\n`);
					const filter = path.join(fail2ban.config, 'filter.d/guide.conf');
					const program = path.join(fail2ban.release.bin, 'fail2ban-regex');
					const { stdout } = await runCommand(program, ['-o', 'ip', path.join(folder, 'log'), filter]);
					expect(stdout.trim()).toBe('198.51.100.9');
				} finally {
					await rm(folder, { recursive: true });
				}
			});

			it('finds nothing wrong with the hardened expression', async () => {
				expect(await warningsOf('hardened')).toEqual([]);
			});

			it('ends a runaway expression and shows the line, while the server answers', async () => {
				const found = warningsOf('runaway');
				const { exit } = await fail2ban.client('ping');
				expect(exit).toBe(0);
				const warning = (await found).find(({ kind }) => kind === 'slow');
				expect(warning?.sample).toMatch(/a{30}/);
			});

			it('tells expressions that do not compile or find no address', async () => {
				const kinds = (await warningsOf('nobody')).map(({ kind, index }) => [kind, index]);
				expect(kinds).toEqual([
					['broken', 1],
					['nohost', 0],
				]);
			});

			it('has those of used filters for the list without being asked for the filter', async () => {
				const warned = (rows: Awaited<ReturnType<typeof list>>) =>
					rows.find(({ name }) => name === 'sshd')?.warnings != null;
				const mine = (await until(list, 'warnings in the list', warned)).find(({ name }) => name === 'mine');
				expect(mine).toMatchObject({ warnings: 0, kinds: [] });
			});
		});

		describe('writes', () => {
			it('changes an expression in place and the jail that uses it runs with it', async () => {
				const { digest } = await detail('mine');
				const { status, body } = await helper.call('PUT', '/filters/mine', {
					failregex: '^login failed from <ADDR>$\n^bad password from <ADDR>$',
					digest,
				});
				expect(status, JSON.stringify(body)).toBe(200);
				expect(body.data.files).toEqual(['filter.d/mine.local']);
				expect((await running('mine')).stdout).toContain('bad password');
				const text = await readFile(path.join(fail2ban.config, 'filter.d/mine.local'), 'utf8');
				expect(text.startsWith('# my own\n[Definition]\n')).toBe(true);
				expect(body.data.digest).toBe((await detail('mine')).digest);
				const stale = await helper.call('PUT', '/filters/mine', { maxlines: 2, digest });
				expect(stale.body.error.code).toBe('digest-mismatch');
			});

			it.each([
				['does not compile', '^(login <ADDR>', 'failregex'],
				['finds no address', '^login failed', 'failregex'],
				['has a lonely %', '^100% of <ADDR>', 'failregex'],
				['is a comment', '# <ADDR>', 'failregex'],
				['is empty', '', 'failregex'],
			])('refuses an expression that %s, names it, and changes nothing', async (_what, failregex, field) => {
				const before = await fingerprint(fail2ban.config);
				const { status, body } = await helper.call('PUT', '/filters/hardened', { failregex });
				expect(status).toBe(400);
				expect(body.error.errors).toHaveProperty(field);
				expect(await fingerprint(fail2ban.config)).toEqual(before);
				expect((await running('mine')).exit).toBe(0);
			});

			it('changes a filter of the package in a .local file, and gives single options back', async () => {
				const change = await helper.call('PUT', '/filters/hardened', { ignoreregex: 'user=x ', maxlines: 3 });
				expect(change.status, JSON.stringify(change.body)).toBe(200);
				const changed = await detail('hardened');
				expect(changed).toMatchObject({ origin: 'changed', maxlines: 3, ignoreregex: ['user=x'] });
				expect(changed.options.maxlines).toMatchObject({
					own: true,
					origin: 'admin',
					file: 'filter.d/hardened.local',
				});
				await helper.call('PUT', '/filters/hardened', { delete: 'maxlines' });
				expect((await detail('hardened')).maxlines).toBe(null);
			});

			it('copies a changed filter with its changes, which fall back to the package when they are removed', async () => {
				const copy = await helper.call('POST', '/filters/hard-copy', { 'copy-of': 'hardened' });
				expect(copy.status, JSON.stringify(copy.body)).toBe(200);
				const [one, other] = [await detail('hardened'), await detail('hard-copy')];
				expect(other.failregex).toEqual(one.failregex);
				expect(other.ignoreregex).toEqual(['user=x']);
				expect((await helper.call('DELETE', '/filters/hardened')).status).toBe(200);
				expect(await detail('hardened')).toMatchObject({ origin: 'package', ignoreregex: [] });
				const again = await helper.call('DELETE', '/filters/hardened');
				expect(again.body.error).toMatchObject({ code: 'package-filter' });
			});

			it('creates a filter and removes it unless a jail or a filter uses it', async () => {
				const made = await helper.call('POST', '/filters/fresh', {
					before: 'common.conf',
					failregex: '^%(__prefix_line)sfailed <ADDR>$',
				});
				expect(made.status, JSON.stringify(made.body)).toBe(200);
				expect((await detail('fresh')).failregex[0]).toContain('failed <ADDR>');
				const user = path.join(fail2ban.config, 'filter.d/user.local');
				await writeFile(user, '[INCLUDES]\nbefore = fresh.local\n');
				expect((await helper.call('DELETE', '/filters/fresh')).body.error.message).toContain('user');
				await rm(user);
				expect((await helper.call('DELETE', '/filters/fresh')).body.data.digest).toBe('');
				expect((await helper.call('GET', '/filters/fresh')).status).toBe(404);
				const used = await helper.call('DELETE', '/filters/mine');
				expect(used.status).toBe(409);
				expect(used.body.error.message).toContain('mine');
			});

			it.each([
				['sshd', 409],
				['mine', 409],
				['..%2Fevil', 400],
				['-x', 400],
				['a.b', 400],
				['x'.repeat(65), 400],
			])('does not create %s', async (name, status) => {
				const before = await fingerprint(fail2ban.config);
				const answer = await helper.call('POST', `/filters/${name}`, { failregex: '^x <ADDR>' });
				expect(answer.status).toBe(status);
				expect(await fingerprint(fail2ban.config)).toEqual(before);
			});

			it('refuses an include that leads out of the folder', async () => {
				for (const before of ['../jail.conf', '/etc/passwd', 'missing.conf']) {
					const { status, body } = await helper.call('PUT', '/filters/mine', { before });
					expect(status).toBe(400);
					expect(body.error.errors).toHaveProperty('before');
				}
			});
		});
	},
);
