import { execFile, spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { startHelper } from '../../src/backend/startHelper.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { faultyBin } from '../support/faultyBin.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

const shell = promisify(execFile);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type AtStep = (name: string) => void | Promise<void>;

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;
		let atStep: AtStep = () => {};

		async function start(files: Record<string, string> = {}, faulty?: string): Promise<void> {
			atStep = () => {};
			fail2ban = await startFail2ban(release, { files });
			cleanups.push(() => fail2ban.stop());
			const bin = faulty === undefined ? {} : { bin: await faultyBin(fail2ban, faulty) };
			helper = await startTestHelper(fail2ban, { ...bin, step: (name) => atStep(name) });
			cleanups.push(() => helper.stop());
		}

		/** What to do the first time that a step is reached. */
		const once = (step: string, work: () => Promise<unknown>): void => {
			let done = false;
			atStep = async (name) => {
				if (name !== step || done) return;
				done = true;
				await work();
			};
		};

		/** Makes a folder a small file system of its own; answers how to fill it up and how to free it. */
		async function smallDisk(folder: string, size: string) {
			const files = await Promise.all(
				(await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name))] as const),
			);
			await shell('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
			cleanups.push(() => shell('umount', [folder]));
			for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
			const filler = join(folder, 'filler');
			return {
				fill: async () => {
					await writeFile(filler, Buffer.alloc(64 * 1024 * 1024)).catch((error: NodeJS.ErrnoException) => {
						if (error.code !== 'ENOSPC') throw error;
					});
				},
				free: () => unlink(filler),
			};
		}

		const put = (params: Record<string, unknown>, jail = 'sshd') =>
			helper.call('PUT', `/jails/${jail}`, params, 'admin@pve');
		const get = async (...words: string[]) => (await fail2ban.client('get', ...words)).stdout.trim();
		const jails = async () => /Jail list:\s*(.*)/.exec((await fail2ban.client('status')).stdout)?.[1];
		const written = () => readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8').catch(() => null);
		const stateNames = async () => (await readdir(helper.state)).filter((name) => name !== 'changes');

		it('ignores an address everywhere though a jail that somebody enabled by hand is faulty', async () => {
			await start();
			const log = join(fail2ban.dir, 'logs/auth.log');
			await writeFile(
				join(fail2ban.config, 'jail.d/byhand.conf'),
				`[good]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = ${log}\n` +
					'[bad]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = /nonexistent/x.log\n',
			);
			const { status, body } = await helper.call('POST', '/ignore', { ip: '192.0.2.5' }, 'admin@pve');
			expect(status, JSON.stringify(body)).toBe(200);
			for (const jail of ['sshd', 'pam-generic']) expect(await get(jail, 'ignoreip')).toContain('192.0.2.5');
			// neither is started by accident: that is the admin's own reload
			expect(await jails()).toBe('pam-generic, sshd');
			const enabled = await put({ maxretry: '4' }, 'good');
			expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
			expect(await jails()).toBe('good, pam-generic, sshd');
		});

		it('ignores an address, and no longer, in a jail whose log vanished', async () => {
			await start();
			await unlink(join(fail2ban.dir, 'logs/auth.log'));
			const added = await helper.call('POST', '/ignore', { ip: '192.0.2.5,2001:db8::/64' }, 'admin@pve');
			expect(added.status, JSON.stringify(added.body)).toBe(200);
			for (const jail of ['sshd', 'pam-generic']) {
				expect(await get(jail, 'ignoreip')).toContain('192.0.2.5');
				expect(await get(jail, 'ignoreip')).toContain('2001:db8::/64');
			}
			const gone = await helper.call('DELETE', '/ignore', { ip: '192.0.2.5' }, 'admin@pve');
			expect(gone.status, JSON.stringify(gone.body)).toBe(200);
			expect(await get('sshd', 'ignoreip')).not.toContain('192.0.2.5');
			// a change of the jail itself would need the reload that fail2ban refuses
			const before = await fingerprint(fail2ban.config);
			const { body } = await put({ bantime: '2h' });
			expect(body.error.message).toContain('Have not found any log file for sshd jail');
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await jails()).toBe('pam-generic, sshd');
		});

		it.each(['locked', 'checked', 'save'])(
			'changes nothing and leaves nothing when the state folder is full at "%s"',
			async (step) => {
				await start();
				const disk = await smallDisk(helper.state, '4m');
				const before = await fingerprint(fail2ban.config);
				once(step, disk.fill);
				const { status, body } = await put({ bantime: '2h' });
				expect([status, body.error.code], JSON.stringify(body)).toEqual([507, 'disk']);
				expect(await fingerprint(fail2ban.config)).toEqual(before);
				expect(await get('sshd', 'bantime')).toBe('600');
				await disk.free();
				expect(await stateNames()).toEqual([]);
				expect(await readdir(join(helper.state, 'changes')).catch(() => [])).toEqual([]);
				expect((await put({ bantime: '3h' })).status).toBe(200);
			},
		);

		it('tells a full state folder before it even takes the lock', async () => {
			await start();
			const disk = await smallDisk(helper.state, '64k');
			await disk.fill();
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.error.code], JSON.stringify(body)).toEqual([507, 'disk']);
			await disk.free();
			expect(await stateNames()).toEqual([]);
		});

		it('keeps and reports a change that was applied though its record can no longer be written', async () => {
			await start();
			const disk = await smallDisk(helper.state, '4m');
			once('verified', disk.fill);
			const { status, body } = await put({ bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			await disk.free();
			expect(await stateNames()).toEqual([]);
			expect((await put({ maxretry: '4' })).status).toBe(200);
			expect(await get('sshd', 'bantime')).toBe('7200');
		});

		it('says that the old bytes could not be restored, and restores them before the next change', async () => {
			await start({ 'jail.d/sshd.local': '[sshd]\nbantime = 1h\n' }, 'exit 255');
			const disk = await smallDisk(join(fail2ban.config, 'jail.d'), '32k');
			once('apply', disk.fill);
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.error.code], JSON.stringify(body)).toEqual([507, 'not-restored']);
			expect(body.error.message).toContain('could not be restored');
			expect(body.error.message).not.toContain('Nothing was changed');
			expect(helper.log.join('')).toContain('failed, NOT restored');
			await disk.free();
			await put({ bantime: '3h' });
			expect(await written()).toBe('[sshd]\nbantime = 1h\n');
			expect(await stateNames()).toEqual([]);
		});

		it.each(['apply', 'applied'])(
			'ends in one configuration, on disk and running, when fail2ban is restarted at "%s"',
			async (step) => {
				await start();
				let restarted: Promise<unknown> | undefined;
				once(step, async () => {
					restarted = fail2ban.client('restart');
					await expect.poll(() => fail2ban.client('ping').then(({ exit }) => exit)).not.toBe(0);
				});
				const { status, body } = await put({ bantime: '2h' });
				await restarted;
				expect([200, 500], JSON.stringify(body)).toContain(status);
				const [bantime, text] = status === 200 ? ['7200', '[sshd]\nbantime = 2h\n'] : ['600', null];
				expect(await written()).toBe(text);
				expect(await get('sshd', 'bantime')).toBe(bantime);
				expect(await jails()).toBe('pam-generic, sshd');
				expect(body.error?.errors['tx-missing']).toBeUndefined();
				expect(await stateNames()).toEqual([]);
			},
		);

		it('comes to an end when somebody clears the state folder in the middle', async () => {
			await start();
			once('apply', () => rm(helper.state, { recursive: true }));
			const { status, body } = await put({ bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			expect(await get('sshd', 'bantime')).toBe('7200');
			expect((await put({ bantime: '3h' })).status).toBe(200);
		});

		it('brings a jail back that was lost because the database was locked during its reload', async () => {
			await start();
			const locker = spawn(
				join(release.bin, 'fail2ban-python'),
				[
					'-c',
					'import sqlite3, sys, time\n' +
						'db = sqlite3.connect(sys.argv[1], isolation_level=None)\n' +
						"db.execute('BEGIN EXCLUSIVE')\nprint('locked', flush=True)\ntime.sleep(60)",
					fail2ban.database,
				],
				{ stdio: ['ignore', 'pipe', 'inherit'] },
			);
			cleanups.push(async () => locker.kill('SIGKILL'));
			await event(locker.stdout, 'data');
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put({ bantime: '2h' });
			expect([504, 500], JSON.stringify(body)).toContain(status);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			locker.kill('SIGKILL');
			await expect.poll(jails, { timeout: 40_000, interval: 500 }).toBe('pam-generic, sshd');
			// a jail that is being started has the default of its bantime before it has its actions
			await expect.poll(() => get('sshd', 'actions'), { timeout: 20_000, interval: 500 }).toContain('noop');
			expect(await get('sshd', 'bantime')).toBe('600');
		});

		it('goes on after a change that was cut short and whose record is gone', async () => {
			await start();
			await writeFile(join(helper.state, 'in-progress'), '20260101T000000-abcdef\n');
			const { status, body } = await put({ bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			expect(helper.log.join('')).toMatch(
				/<3>change 20260101T000000-abcdef was cut short and cannot be undone/,
			);
			expect(await stateNames()).toEqual([]);
		});

		it('keeps the stage of a change under way when a second helper starts on the same state folder', async () => {
			await start();
			const stage = join(helper.state, 'stage-0123456789ab');
			const second = () =>
				startHelper(
					{
						socket: join(fail2ban.dir, 'second.sock'),
						config: fail2ban.config,
						fail2banSocket: fail2ban.socket,
						fail2banBin: release.bin,
						state: helper.state,
						idleExit: null,
						privateFolder: true,
						recover: false,
					},
					{ log: createLog(() => {}), run: runCommand, pluginVersion: 'test' },
				).then((other) => other.stop());
			let kept = false;
			once('locked', async () => {
				await mkdir(stage);
				await second();
				kept = existsSync(stage);
			});
			expect((await put({ bantime: '2h' })).status).toBe(200);
			expect(kept).toBe(true);
			// a crash leaves one behind without a lock
			await second();
			expect(await stateNames()).toEqual([]);
		});
	},
);
