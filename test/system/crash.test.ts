import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleHelper } from '../support/bundleHelper.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { callSocket, fingerprint, startTestHelper } from '../support/helper.ts';

/** The steps of a transaction, in their order. */
const steps = [
	'locked',
	'checked',
	'save',
	'saved',
	'wrote jail.d/sshd.local',
	'apply',
	'applied',
	'verified',
	'ended',
];

let folder: string;
let program: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-crash-'));
	program = await bundleHelper(folder, 'faultyHelper');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		async function spawnHelper(
			fail2ban: PrivateFail2ban,
			state: string,
			dieAt: string,
		): Promise<ChildProcess> {
			const child = spawn(
				process.execPath,
				[
					program,
					...['--socket', join(state, '../helper.sock'), '--state', state],
					...['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket],
					...['--fail2ban-bin', release.bin],
				],
				{ env: { ...process.env, DIE_AT: dieAt }, stdio: ['ignore', 'pipe', 'inherit'] },
			);
			cleanups.push(async () => child.kill('SIGKILL'));
			await new Promise<void>((resolve, reject) => {
				let text = '';
				child.stdout.setEncoding('utf8').on('data', (part: string) => {
					text += part;
					if (text.includes('ready')) resolve();
				});
				child.on('exit', () => reject(new Error(`the helper ended: ${text}`)));
			});
			return child;
		}

		it.each(steps)('is the old or the new configuration after a kill -9 at "%s"', async (step) => {
			const fail2ban = await startFail2ban(release);
			cleanups.push(() => fail2ban.stop());
			const place = await mkdtemp(join(tmpdir(), 'pve-fail2ban-crash-'));
			cleanups.push(() => rm(place, { recursive: true, force: true }));
			const state = join(place, 'state');
			const before = await fingerprint(fail2ban.config);
			const child = await spawnHelper(fail2ban, state, step);
			const dead = once(child, 'exit');
			const call = callSocket(join(place, 'helper.sock'))('PUT', '/jails/sshd', { bantime: '2h' });
			await expect(call).rejects.toThrow();
			expect((await dead)[1]).toBe('SIGKILL');

			// the next start of a helper undoes what was cut short, also in the running server
			const next = await spawnHelper(fail2ban, state, '');
			const again = callSocket(join(place, 'helper.sock'));
			const kept = step === 'ended';
			await expect
				.poll(async () => (await fail2ban.client('get', 'sshd', 'bantime')).stdout.trim(), {
					timeout: 10_000,
				})
				.toBe(kept ? '7200' : '600');
			const { 'jail.d/sshd.local': written, ...others } = await fingerprint(fail2ban.config);
			expect(others).toEqual(before);
			if (kept)
				expect(await readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8')).toBe(
					'[sshd]\nbantime = 2h\n',
				);
			else expect(written).toBeUndefined();
			expect((await fail2ban.client('status')).stdout).toMatch(/pam-generic, sshd/);
			expect((await fail2ban.client('get', 'sshd', 'actions')).stdout).toContain('noop');

			// and the way is free for the next change, once the undoing has let go of its lock
			await expect
				.poll(async () => (await again('PUT', '/jails/sshd', { bantime: '3h' })).body, { timeout: 10_000 })
				.toMatchObject({ data: { files: ['jail.d/sshd.local'] } });
			expect((await fail2ban.client('get', 'sshd', 'bantime')).stdout.trim()).toBe('10800');
			next.kill('SIGTERM');
		});

		it('goes through all its steps', async () => {
			const fail2ban = await startFail2ban(release);
			cleanups.push(() => fail2ban.stop());
			const seen: string[] = [];
			const helper = await startTestHelper(fail2ban, { step: (name) => void seen.push(name) });
			cleanups.push(() => helper.stop());
			await helper.call('PUT', '/jails/sshd', { bantime: '2h' });
			expect(seen).toEqual(steps);
		});
	},
);
