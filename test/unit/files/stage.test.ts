import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeStage, stageChange } from '../../../src/backend/files/stage.ts';

let folder: string;
let root: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
	root = path.join(folder, 'config');
	await mkdir(path.join(root, 'jail.d'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('stageChange', () => {
	it('copies no tree behind a link, nor a repository, but fail2ban still reads them', async () => {
		const other = path.join(folder, 'other');
		await mkdir(other);
		await writeFile(path.join(other, 'x.inc'), '[sshd]\n');
		await symlink(other, path.join(root, 'linked'));
		await symlink(root, path.join(root, 'self'));
		await mkdir(path.join(root, '.git/objects'), { recursive: true });
		const stage = await stageChange(root, folder, []);
		for (const name of ['linked', 'self', '.git'])
			expect((await lstat(path.join(stage, name))).isSymbolicLink()).toBe(true);
		expect(await readFile(path.join(stage, 'linked/x.inc'), 'utf8')).toBe('[sshd]\n');
		await removeStage(stage);
		expect(await readFile(path.join(other, 'x.inc'), 'utf8')).toBe('[sshd]\n');
	});

	it('copies jail.d even when it is a link, with includes that name the live folder rewritten', async () => {
		await rm(path.join(root, 'jail.d'), { recursive: true });
		await mkdir(path.join(folder, 'jails'));
		await symlink(path.join(folder, 'jails'), path.join(root, 'jail.d'));
		await writeFile(path.join(folder, 'jails/a.conf'), `[INCLUDES]\nbefore = ${root}/x.inc\n`);
		const stage = await stageChange(root, folder, [{ file: 'jail.local', text: '[a]\n' }]);
		expect(await readFile(path.join(stage, 'jail.d/a.conf'), 'utf8')).toContain(`before = ${stage}/x.inc`);
		expect(await readFile(path.join(stage, 'jail.local'), 'utf8')).toBe('[a]\n');
	});

	it('leaves nothing behind when it fails', async () => {
		const edit = { file: 'no.d/x.local', text: '[a]\n' };
		await expect(stageChange(root, path.join(folder, 'state'), [edit])).rejects.toThrow();
		expect(await readdir(path.join(folder, 'state'))).toEqual([]);
	});
});
