import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteLock } from '../../../src/backend/files/WriteLock.ts';
import { msg } from '../../../src/backend/kit/message.ts';

let state: string;
beforeEach(async () => {
	state = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

describe('WriteLock', () => {
	it('refuses a second writer at once, naming the first and its change', async () => {
		const release = await new WriteLock(state).acquire('anna@pve', msg('jail {0}: {1}', 'sshd', 'bantime'));
		await expect(new WriteLock(state).acquire('root@pam', 'x')).rejects.toMatchObject({
			status: 409,
			message: 'anna@pve is changing the configuration: jail sshd: bantime',
			messages: {
				'': {
					id: '{0} is changing the configuration: {1}',
					args: ['anna@pve', { id: 'jail {0}: {1}', args: ['sshd', 'bantime'] }],
				},
			},
		});
		await release();
		expect(await readdir(state)).toEqual([]);
	});

	it('is taken over from a process that is gone', async () => {
		const gone = { pid: 1, started: 'never', user: 'root@pam', what: 'x' };
		await writeFile(path.join(state, 'lock'), JSON.stringify(gone));
		const release = await new WriteLock(state).acquire('root@pam', 'y');
		await release();
		expect(await readdir(state)).toEqual([]);
	});

	it('is taken over when power loss left it empty', async () => {
		await writeFile(path.join(state, 'lock'), '');
		await (await new WriteLock(state).acquire('root@pam', 'y'))();
		expect(await readdir(state)).toEqual([]);
	});

	it('lets one of many that come at once through, and names that one to the others', async () => {
		const lock = new WriteLock(state);
		// a helper that was killed left its lock behind
		const gone = { pid: 1, started: 'never', user: 'root@pam', what: 'x' };
		await writeFile(path.join(state, 'lock'), JSON.stringify(gone));
		const users = Array.from({ length: 20 }, (_, nth) => `user${nth}@pve`);
		const results = await Promise.allSettled(users.map((user) => lock.acquire(user, 'jail sshd: bantime')));
		const winners = results.flatMap((result, nth) => (result.status === 'fulfilled' ? [nth] : []));
		expect(winners).toHaveLength(1);
		const refused = results.filter((result) => result.status === 'rejected');
		for (const { reason } of refused)
			expect(reason).toMatchObject({
				status: 409,
				message: `${users[winners[0] as number]} is changing the configuration: jail sshd: bantime`,
			});
		expect(await readdir(state)).toEqual(['lock']);
	});

	it('is released without an error when somebody cleared the folder away, and can be taken again', async () => {
		const lock = new WriteLock(state);
		const release = await lock.acquire('root@pam', 'x');
		await rm(state, { recursive: true });
		await expect(release()).resolves.toBeUndefined();
		await (await lock.acquire('root@pam', 'y'))();
		expect(await readdir(state)).toEqual([]);
	});

	it('does not release the lock of somebody else', async () => {
		const lock = new WriteLock(state);
		const release = await lock.acquire('root@pam', 'x');
		const other = JSON.stringify({ pid: 1, started: 'never', user: 'anna@pve', what: 'y', id: '1' });
		await writeFile(path.join(state, 'lock'), other);
		await release();
		expect(await readFile(path.join(state, 'lock'), 'utf8')).toBe(other);
	});
});
