import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteLock } from '../../../src/backend/files/WriteLock.ts';

let state: string;
beforeEach(async () => {
	state = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

describe('WriteLock', () => {
	it('refuses a second writer at once, naming the first and its change', async () => {
		const release = await new WriteLock(state).acquire('anna@pve', 'jail sshd: bantime');
		await expect(new WriteLock(state).acquire('root@pam', 'x')).rejects.toMatchObject({
			status: 409,
			message: 'anna@pve is changing the configuration: jail sshd: bantime',
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
});
