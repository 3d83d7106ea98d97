import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFolder } from '../../../src/backend/files/ConfigFolder.ts';

let root: string;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
	await mkdir(path.join(root, 'jail.d'));
	await writeFile(path.join(root, 'jail.conf'), '[sshd]\nbantime = 1h\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const snapshot = () => new ConfigFolder(root, () => '1.1.0').snapshot();

describe('ConfigFolder', () => {
	it('reads on past links that lead nowhere, a folder with the name of a file, and a name that cannot be', async () => {
		await symlink('self.local', path.join(root, 'jail.d/self.local'));
		await symlink('/nonexistent', path.join(root, 'jail.d/gone.local'));
		await mkdir(path.join(root, 'jail.d/folder.local'));
		await writeFile(
			path.join(root, 'jail.d/inc.conf'),
			`[INCLUDES]\nbefore = ${'x'.repeat(5000)}.conf\n[sshd]\nmaxretry = 3\n`,
		);
		const { jails, problems } = snapshot();
		expect(jails.option('sshd', 'bantime')?.value).toBe('1h');
		expect(jails.option('sshd', 'maxretry')?.value).toBe('3');
		expect(problems).toEqual([]);
	});

	it('names a file that is too large to be configuration, and reads the others', async () => {
		const file = path.join(root, 'jail.d/log.conf');
		await writeFile(file, `# ${'x'.repeat(5 * 1024 * 1024)}\n`);
		const { jails, problems } = snapshot();
		expect(jails.option('sshd', 'bantime')?.value).toBe('1h');
		expect(problems.map((one) => one.file)).toEqual([file]);
		expect(String(problems[0]?.message)).toContain('larger than 4 MiB');
	});

	it('has another digest for each change of a byte', async () => {
		const before = snapshot().digest;
		await writeFile(path.join(root, 'jail.d/a.local'), '#\n');
		expect(snapshot().digest).not.toBe(before);
	});
});
