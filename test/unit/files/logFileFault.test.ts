import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logFileFault } from '../../../src/backend/files/logFileFault.ts';

describe('logFileFault', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await realpath(await mkdtemp(join(tmpdir(), 'pve-fail2ban-log-')));
		await mkdir(join(folder, 'logs'));
		await writeFile(join(folder, 'logs/there.log'), '');
		await symlink('/etc/passwd', join(folder, 'logs/link.log'));
		await symlink('/nowhere', join(folder, 'logs/dangling.log'));
		await mkdir(join(folder, 'logs/folder.log'));
		await symlink(join(folder, 'logs'), join(folder, 'linked'));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it('has nothing against a file, there or not', async () => {
		expect(await logFileFault(join(folder, 'logs/there.log'))).toBeNull();
		expect(await logFileFault(join(folder, 'logs/new.log'))).toBeNull();
	});

	it.each([
		['logs/link.log', 'is a symbolic link.'],
		['logs/dangling.log', 'is a symbolic link.'],
		['logs/folder.log', 'is not a regular file.'],
		['linked/new.log', 'is a symbolic link.'],
		['nothing/new.log', 'does not exist.'],
	])('refuses %s', async (file, reason) => {
		expect(String(await logFileFault(join(folder, file)))).toContain(reason);
	});
});
