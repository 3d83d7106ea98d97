import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/backend/arguments.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { type StartTimer, startTimer } from '../../src/backend/files/Provisional.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { recover } from '../../src/backend/startHelper.ts';
import { bundleHelper } from '../support/bundleHelper.ts';
import { type PrivateFail2ban, type Release, releases } from '../support/fail2ban.ts';
import { failedLogInLine, failedLogIns } from '../support/failedLogIns.ts';
import {
	callSocket,
	fingerprint,
	type HelperCall,
	startTestHelper,
	type TestHelper,
} from '../support/helper.ts';
import { writeJournal } from '../support/journalFile.ts';
import { startLockoutJails } from '../support/lockoutJails.ts';
import { until } from '../support/until.ts';

/** The caller's address, as the helper is told. */
const own = '192.0.2.10';
const hour = 3600;

/** The guide's values, which ban the caller at once. */
const oneAttempt = { enabled: 1, maxretry: 1, findtime: '14d', bantime: '30d' };

const start = (release: Release) =>
	startLockoutJails(release, { entries: failedLogIns(own, 30 * hour, 26 * hour) });

/** What the helper answers, or its error. */
async function answer(call: HelperCall, method: string, path: string, params: object = {}, user?: string) {
	const { body } = await call(method, path, params as Record<string, unknown>, user);
	return body.data ?? body.error ?? body;
}

/** What is waited for ends within moments, and some of it is over soon. */
const quickly = { everyMs: 50 };

async function banned(fail2ban: PrivateFail2ban, jail: string): Promise<string[]> {
	const { stdout } = await fail2ban.client('get', jail, 'banip');
	return stdout
		.split(/\s+/)
		.filter((word) => /^[0-9a-f:.]{7,}$/i.test(word))
		.sort();
}

async function runs(fail2ban: PrivateFail2ban, jail: string): Promise<boolean> {
	return (await fail2ban.client('status')).stdout.includes(jail);
}

describe.each(releases())('fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;
	let before: Record<string, string>;
	/** The first change waits for the real time. */
	let expire: () => void = () => {};
	let first = true;
	const timer: StartTimer = (work, milliseconds) => {
		if (first) return startTimer(work, milliseconds);
		expire = work;
		return () => {};
	};

	beforeAll(async () => {
		fail2ban = await start(release);
		before = await fingerprint(fail2ban.config);
		helper = await startTestHelper(fail2ban, { confirmWithin: 3, seams: { timer } });
	});

	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	const call = (method: string, path: string, params: object = {}, user?: string) =>
		answer(helper.call, method, path, params, user);
	const waiting = async () => (await call('GET', '/status')).provisional;
	/** The time is over; without waiting for it once the first test has. */
	const over = async () => {
		expire();
		await until(waiting, 'no change waits', (now) => now === null, quickly);
	};
	const state = async (id: string) => (await call('GET', `/changes/${id}/status`)).state;

	it('refuses a change that bans the caller; forced and not confirmed, every byte and every ban is as before', async () => {
		expect(await call('PUT', '/jails/journal', oneAttempt)).toMatchObject({
			code: 'would-ban',
			message: expect.stringContaining(`bans ${own}, the address you use now, for 30 days`),
			errors: { 'would-ban': own },
		});
		expect(await fingerprint(fail2ban.config)).toEqual(before);

		const { id, provisional } = await call('PUT', '/jails/journal', { ...oneAttempt, force: 1 });
		expect(provisional).toMatchObject({ id, seconds: 3, reason: `it bans ${own}, the address of root@pam.` });
		expect(await waiting()).toMatchObject({ id, user: 'root@pam' });
		expect(await state(id)).toBe('provisional');
		await until(
			() => banned(fail2ban, 'journal'),
			'the ban of the own address',
			(ips) => ips.includes(own),
			quickly,
		);

		await over();
		first = false;
		expect(await fingerprint(fail2ban.config)).toEqual(before);
		expect(await runs(fail2ban, 'journal')).toBe(false);
		expect(await state(id)).toBe('not-kept');
		const reports = helper.log.filter((line) => line.includes('not confirmed in time, undone'));
		expect(reports).toEqual([expect.stringContaining('restored jail.d/journal.local; 1 ban lifted')]);
		// nothing is left in the database that a later start would set again
		expect(await call('GET', '/jails/journal/preview', oneAttempt)).toMatchObject({ total: 0 });
		expect(await call('POST', `/changes/${id}/confirm`)).toMatchObject({ code: 'not-provisional' });
	});

	it('keeps the bans that were there before, and those made by hand meanwhile', async () => {
		await fail2ban.client('set', 'follow', 'banip', '198.51.100.77');
		await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(own));
		await until(
			() => fail2ban.client('status', 'follow'),
			'the failure is counted',
			({ stdout }) => /Currently failed:\s+1/.test(stdout),
			quickly,
		);
		expect(await call('PUT', '/jails/follow', { maxretry: 1, bantime: '30d' })).toMatchObject({
			code: 'would-ban',
			message: expect.stringContaining(
				`One wrong password bans ${own}, the address you use now, for 30 days`,
			),
		});
		const { id } = await call('PUT', '/jails/follow', { maxretry: 1, bantime: '30d', force: 1 });
		await appendFile(
			join(fail2ban.dir, 'logs/follow.log'),
			failedLogInLine(own) + failedLogInLine('198.51.100.5'),
		);
		await call('POST', '/bans', { ip: '198.51.100.88', jail: 'follow' });
		await fail2ban.client('set', 'follow', 'banip', '198.51.100.99');
		await until(
			() => banned(fail2ban, 'follow'),
			'five bans',
			(ips) => ips.length === 5,
			quickly,
		);
		await over();
		expect(await state(id)).toBe('not-kept');
		expect(await banned(fail2ban, 'follow')).toEqual(['198.51.100.77', '198.51.100.88', '198.51.100.99']);
		expect((await fail2ban.client('get', 'follow', 'maxretry')).stdout.trim()).toBe('5');
		expect(await fingerprint(fail2ban.config)).toEqual(before);
	});

	it('takes back its own options only where somebody edits the file meanwhile', async () => {
		const { id } = await call('PUT', '/jails/follow', { bantime: '3h' });
		await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(own));
		await call('PUT', '/jails/follow', { bantime: '2h', maxretry: 1, force: 1 });
		const file = join(fail2ban.config, 'jail.d/follow.local');
		await appendFile(file, 'findtime = 20m\n');
		await over();
		expect(await readFile(file, 'utf8')).toBe('[follow]\nbantime = 3h\nfindtime = 20m\n');
		expect(helper.log.join('')).toContain('other edits of jail.d/follow.local were kept');
		await writeFile(file, '[follow]\nbantime = 3h\n');
		await call('POST', `/changes/${id}/revert`);
		expect(await fingerprint(fail2ban.config)).toEqual(before);
	});

	it('lets nobody change anything else meanwhile, and is kept by its user only', async () => {
		await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(own));
		const params = { maxretry: 1, force: 1 };
		const { id } = await call('PUT', '/jails/follow', params, 'admin@pve');
		expect(await call('PUT', '/jails/sshd', { bantime: '2h' })).toMatchObject({
			code: 'provisional',
			errors: { provisional: id },
			message: expect.stringContaining(
				'A change by admin@pve is awaiting confirmation (jail follow: maxretry',
			),
		});
		expect(await call('POST', '/service', { command: 'reload' })).toMatchObject({ code: 'provisional' });
		expect(await call('POST', `/changes/${id}/confirm`, {}, 'other@pve')).toMatchObject({
			code: 'other-user',
		});
		expect(await call('POST', `/changes/${id}/confirm`, {}, 'admin@pve')).toEqual({ id });
		expect(await waiting()).toBeNull();
		expect(await state(id)).toBe('applied');
		// a time that ends now, in spite of all, changes nothing
		expire();
		expect((await fail2ban.client('get', 'follow', 'maxretry')).stdout.trim()).toBe('1');
		expect(await call('POST', `/changes/${id}/revert`)).toMatchObject({ provisional: null });
		expect(await fingerprint(fail2ban.config)).toEqual(before);
	});

	it('is undone by Revert at once, and when the helper ends', async () => {
		await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(own));
		const first = await call('PUT', '/jails/follow', { maxretry: 1, force: 1 });
		expect(await call('POST', `/changes/${first.id}/revert`)).toMatchObject({ exit: { ok: true } });
		expect(await waiting()).toBeNull();
		expect(await state(first.id)).toBe('undone');
		expect(await fingerprint(fail2ban.config)).toEqual(before);

		await call('PUT', '/jails/follow', { maxretry: 1, force: 1 });
		await helper.stop();
		expect(await fingerprint(fail2ban.config)).toEqual(before);
		expect((await fail2ban.client('get', 'follow', 'maxretry')).stdout.trim()).toBe('5');
	});
});

describe.each(releases())('fail2ban $version, a helper that dies', (release) => {
	let folder: string;
	let program: string;
	let fail2ban: PrivateFail2ban;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-provisional-'));
		program = await bundleHelper(folder, 'faultyHelper');
		fail2ban = await start(release);
	});
	afterAll(async () => {
		await fail2ban?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	const options = () => [
		...['--socket', join(folder, 'helper.sock'), '--state', join(folder, 'state')],
		...['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket],
		...['--fail2ban-bin', release.bin],
	];

	/** Answers how to kill it. */
	async function spawnHelper(): Promise<() => Promise<unknown>> {
		const child = spawn(process.execPath, [program, ...options()], { stdio: ['ignore', 'pipe', 'inherit'] });
		await new Promise<void>((resolve, reject) => {
			child.stdout.setEncoding('utf8').on('data', (text: string) => {
				if (text.includes('ready')) resolve();
			});
			child.on('exit', () => reject(new Error('the helper ended')));
		});
		return async () => {
			const gone = once(child, 'exit');
			child.kill('SIGKILL');
			await gone;
		};
	}

	it('leaves a change that its next start undoes, and after a power loss the start of the node', async () => {
		const before = await fingerprint(fail2ban.config);
		const call = callSocket(join(folder, 'helper.sock'));
		const lockOut = async () => {
			const { provisional } = await answer(call, 'PUT', '/jails/journal', { ...oneAttempt, force: 1 });
			expect(provisional).toMatchObject({ seconds: 60 });
			await until(
				() => banned(fail2ban, 'journal'),
				'the ban of the own address',
				(ips) => ips.includes(own),
				quickly,
			);
		};
		const kill = await spawnHelper();
		await lockOut();
		await kill();

		const killNext = await spawnHelper();
		await until(
			() => runs(fail2ban, 'journal'),
			'the jail has stopped',
			(now) => !now,
			quickly,
		);
		await until(
			() => answer(call, 'GET', '/jails/journal/preview', oneAttempt),
			'nobody would be banned',
			({ total }) => total === 0,
			quickly,
		);
		expect(await fingerprint(fail2ban.config)).toEqual(before);

		// its journal grows, or the jail has nothing new to read
		await writeJournal(join(fail2ban.dir, 'journal'), failedLogIns(own, 2, 1));
		await lockOut();
		await killNext();
		await fail2ban.client('stop');
		await recover(parseOptions(options()), {
			log: createLog(() => {}),
			run: runCommand,
			pluginVersion: 'test',
		});
		expect(await fingerprint(fail2ban.config)).toEqual(before);
		await fail2ban.start();
		expect(await runs(fail2ban, 'journal')).toBe(false);
		const kept = await runCommand('/usr/bin/python3', [
			'-c',
			'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT jail, ip FROM bips").fetchall())',
			fail2ban.database,
		]);
		expect(kept.stdout.trim()).toBe('[]');
	});
});
