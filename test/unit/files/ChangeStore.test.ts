import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeStore } from '../../../src/backend/files/ChangeStore.ts';
import { checkReplaceable, replaceFile } from '../../../src/backend/files/replaceFile.ts';

let folder: string;
let root: string;
let store: ChangeStore;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
	root = path.join(folder, 'config');
	await mkdir(path.join(root, 'jail.d'), { recursive: true });
	await mkdir(path.join(folder, 'state'));
	store = new ChangeStore(path.join(folder, 'state'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const about = { user: 'root@pam', time: 1_700_000_000, what: 'test', forced: false, changed: [] };
const bytes = (text: string) => Buffer.from(text);
const file = (name: string) => path.join(root, name);

describe('replaceFile', () => {
	it('keeps mode and owner, and leaves no other file', async () => {
		await writeFile(file('jail.local'), 'old');
		await chmod(file('jail.local'), 0o640);
		await replaceFile(file('jail.local'), bytes('new'));
		expect(await readFile(file('jail.local'), 'utf8')).toBe('new');
		expect((await stat(file('jail.local'))).mode & 0o777).toBe(0o640);
		expect(await readdir(root)).toEqual(['jail.d', 'jail.local']);
	});

	it('leaves nothing behind when it cannot rename', async () => {
		await mkdir(path.join(file('jail.local'), 'sub'), { recursive: true });
		await expect(replaceFile(file('jail.local'), bytes('new'))).rejects.toThrow();
		expect(await readdir(root)).toEqual(['jail.d', 'jail.local']);
	});
});

describe('checkReplaceable', () => {
	it('refuses a symbolic link, a link as folder, a read-only file, and what is no .local', async () => {
		await writeFile(path.join(folder, 'elsewhere'), '');
		await symlink(path.join(folder, 'elsewhere'), file('jail.local'));
		await expect(checkReplaceable(root, 'jail.local')).rejects.toThrow('is a symbolic link');
		await symlink(folder, file('fail2ban.d'));
		await expect(checkReplaceable(root, 'fail2ban.d/x.local')).rejects.toThrow(
			/folder .* is a symbolic link/,
		);
		await writeFile(file('jail.d/a.local'), '', { mode: 0o444 });
		await expect(checkReplaceable(root, 'jail.d/a.local')).rejects.toThrow('read-only');
		for (const name of ['jail.conf', 'jail.d/../x.local', '../x.local', 'jail.d/.x.local', 'x.d/y.local'])
			await expect(checkReplaceable(root, name)).rejects.toThrow('only .local files can be changed');
		await expect(checkReplaceable(root, 'jail.d/new.local')).resolves.toBeUndefined();
	});
});

describe('ChangeStore', () => {
	const files = [
		{ file: 'jail.local', before: bytes('old'), after: bytes('new') },
		{ file: 'jail.d/a.local', before: null, after: bytes('made') },
		{ file: 'jail.d/b.local', before: bytes('gone'), after: null },
	];
	const content = async () =>
		Promise.all(
			['jail.local', 'jail.d/a.local', 'jail.d/b.local'].map((name) =>
				readFile(file(name), 'utf8').catch(() => null),
			),
		);

	beforeEach(async () => {
		await writeFile(file('jail.local'), 'old');
		await writeFile(file('jail.d/b.local'), 'gone');
	});

	it('has nothing to recover when no change was cut short', async () => {
		expect(await store.recover(root)).toBeNull();
		await store.end(await store.begin(about, files), 'applied');
		expect(await store.recover(root)).toBeNull();
	});

	it.each([0, 1, 2, 3])('brings the old files back after %i of 3 were written', async (written) => {
		const record = await store.begin(about, files);
		for (const { file: name, after } of files.slice(0, written))
			if (after) await writeFile(file(name), after);
			else await rm(file(name));
		const recovery = await store.recover(root);
		expect(await content()).toEqual(['old', null, 'gone']);
		expect(recovery).toMatchObject({ restored: files.slice(0, written).map((one) => one.file) });
		expect(await store.recover(root)).toBeNull();
		expect((await store.read(record.id)).state).toBe('recovered');
	});

	it('leaves what somebody else wrote, and says so', async () => {
		await store.begin(about, files);
		await writeFile(file('jail.local'), 'by hand');
		await writeFile(file('jail.d/a.local'), 'made');
		const recovery = await store.recover(root);
		expect(recovery).toMatchObject({ restored: ['jail.d/a.local'], foreign: ['jail.local'] });
		expect(await content()).toEqual(['by hand', null, 'gone']);
	});

	it('removes the temporary file of a write that was cut short', async () => {
		await store.begin(about, files);
		await writeFile(file('.jail.local.0123456789ab.pve-fail2ban-tmp'), 'half');
		await store.recover(root);
		expect(await readdir(root)).toEqual(['jail.d', 'jail.local']);
	});

	it.each([
		['has no record', (place: string) => rm(place)],
		['has an empty record', (place: string) => writeFile(place, '')],
		['has a record of something else', (place: string) => writeFile(place, '{"files":[{"file":"../x"}]}')],
	])('gives up a change that %s, so that the next one is not blocked', async (_what, damage) => {
		const { id } = await store.begin(about, files);
		await damage(path.join(folder, 'state/changes', id, 'record.json'));
		expect(await store.recover(root)).toEqual({ id, reason: expect.stringMatching(/./) });
		expect(await content()).toEqual(['old', null, 'gone']);
		expect(await store.recover(root)).toBeNull();
	});

	it('restores the other files when the saved copy of one is damaged', async () => {
		const { id } = await store.begin(about, files);
		await writeFile(file('jail.local'), 'new');
		await writeFile(file('jail.d/a.local'), 'made');
		await writeFile(path.join(folder, 'state/changes', id, '0.before'), 'rot');
		const recovery = await store.recover(root);
		expect(recovery).toMatchObject({ restored: ['jail.d/a.local'], damaged: ['jail.local'] });
		expect(await content()).toEqual(['new', null, 'gone']);
		expect(await store.recover(root)).toBeNull();
	});

	it('is over when its record cannot be written any more, and says why', async () => {
		const record = await store.begin(about, files);
		await rm(path.join(folder, 'state/changes'), { recursive: true });
		expect(await store.end(record, 'applied')).toContain('ENOENT');
		expect(store.isInProgress()).toBe(false);
	});

	describe('a change that was made', () => {
		async function made() {
			const record = await store.begin(about, files);
			await writeFile(file('jail.local'), 'new');
			await writeFile(file('jail.d/a.local'), 'made');
			await rm(file('jail.d/b.local'));
			await store.end(record, 'applied');
			return record;
		}

		it('is taken back, and remembered as such', async () => {
			const record = await made();
			const all = ['jail.local', 'jail.d/a.local', 'jail.d/b.local'];
			expect(await store.restorable(root, record)).toEqual({ restored: all, foreign: [], damaged: [] });
			expect(await content()).toEqual(['new', 'made', null]);
			expect(await store.undo(root, record)).toMatchObject({ restored: all, unwritten: null });
			expect(await content()).toEqual(['old', null, 'gone']);
			expect((await store.read(record.id)).state).toBe('undone');
			expect(await store.restorable(root, record)).toEqual({ restored: [], foreign: [], damaged: [] });
		});

		it('tells beforehand what somebody edited and which copy is damaged', async () => {
			const record = await made();
			await writeFile(file('jail.d/a.local'), 'by hand');
			await writeFile(path.join(folder, 'state/changes', record.id, '0.before'), 'rot');
			expect(await store.restorable(root, record)).toEqual({
				restored: ['jail.d/b.local'],
				foreign: ['jail.d/a.local'],
				damaged: ['jail.local'],
			});
		});

		it('is left whole when one of its files may not be replaced', async () => {
			const record = await made();
			await chmod(file('jail.d/a.local'), 0o444);
			await expect(store.undo(root, record)).rejects.toThrow('read-only');
			expect(await content()).toEqual(['new', 'made', null]);
			expect(store.isInProgress()).toBe(false);
		});

		it('is taken back to the end by the next start when that was cut short', async () => {
			const record = await made();
			// what `undo` leaves when it dies behind its first file
			await writeFile(path.join(folder, 'state/in-progress'), `${record.id}\n`);
			await writeFile(file('jail.local'), 'old');
			expect(await store.recover(root)).toMatchObject({ restored: ['jail.d/a.local', 'jail.d/b.local'] });
			expect(await content()).toEqual(['old', null, 'gone']);
		});
	});

	it('lists changes from the newest on, without those that cannot be read', async () => {
		const ids: string[] = [];
		for (const time of [10, 30, 20]) {
			const { id } = await store.begin({ ...about, time }, files);
			ids[time] = id;
		}
		await writeFile(path.join(folder, 'state/changes', ids[20] as string, 'record.json'), 'rot');
		const listed = [];
		for await (const { id } of store.newestFirst()) listed.push(id);
		expect(listed).toEqual([ids[30], ids[10]]);
	});
});
