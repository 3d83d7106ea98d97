import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AddressesByJail } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { ChangeStore } from '../../../src/backend/files/ChangeStore.ts';
import { Provisional, waitingHere } from '../../../src/backend/files/Provisional.ts';
import { processName } from '../../../src/backend/files/processStart.ts';
import { recoverFiles } from '../../../src/backend/files/recoverFiles.ts';
import { FakeLog } from '../services/support/FakeServer.ts';

let folder: string;
let store: ChangeStore;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'pve-fail2ban-'));
	await mkdir(path.join(folder, 'jail.d'));
	store = new ChangeStore(path.join(folder, 'state'));
	await mkdir(path.join(folder, 'state'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => path.join(folder, 'jail.d/sshd.local');
const before = '[sshd]\nmaxretry = 5\n';
const after = '[sshd]\nmaxretry = 1\nbantime = 30d\n';

/** A change that waits to be kept by a process. */
async function waits(holder?: string) {
	await writeFile(file(), after);
	const waiting = waitingHere('it bans 192.0.2.10.', ['192.0.2.10']);
	const bytes = { before: Buffer.from(before), after: Buffer.from(after) };
	const record = await store.begin(
		{
			user: 'admin@pve',
			time: 1_700_000_000,
			what: 'jail sshd: maxretry',
			forced: true,
			changed: [],
			provisional: holder === undefined ? waiting : { ...waiting, holder },
		},
		[{ file: 'jail.d/sshd.local', ...bytes }],
		{ sshd: [] },
	);
	return store.hold(record);
}

/** As far as it looks at the store only. */
const provisional = () => new Provisional({ store, seconds: 60 } as never);

describe('a change that waits in another process', () => {
	it('is left to that as long as it runs', async () => {
		const { id } = await waits(processName(process.ppid));
		await expect(provisional().refuseElsewhere()).rejects.toMatchObject({
			status: 409,
			code: 'provisional',
			errors: { provisional: id },
			message:
				'A change by admin@pve is awaiting confirmation (jail sshd: maxretry). Confirm or revert it first.',
		});
	});

	it('is nobody’s once that is gone, or was this one', async () => {
		await expect(provisional().refuseElsewhere()).resolves.toBeUndefined();
		await waits('999999999 never');
		await expect(provisional().refuseElsewhere()).resolves.toBeUndefined();
		await waits();
		await expect(provisional().refuseElsewhere()).resolves.toBeUndefined();
	});
});

describe('a change that waited when the helper died', () => {
	async function recovered() {
		const log = new FakeLog();
		const lifted: AddressesByJail[] = [];
		const parts = { files: { snapshot: () => ({ root: folder }) }, store, log };
		const lift = async (_record: unknown, bans: AddressesByJail) => void lifted.push(bans);
		await recoverFiles({ ...parts, provisional: { lift } } as never);
		return { text: await readFile(file(), 'utf8'), lifted, log: log.lines };
	}

	it('is undone', async () => {
		await waits();
		const { log, ...done } = await recovered();
		expect(done).toEqual({ text: before, lifted: [{ sshd: [] }] });
		expect(log).toEqual([
			expect.stringContaining('by admin@pve was not confirmed yet and is undone: restored'),
		]);
	});

	it('is taken out of a file that somebody edited meanwhile, too', async () => {
		await waits();
		await writeFile(file(), `${after.replace('30d', '29d')}findtime = 1h\n`);
		const { text } = await recovered();
		expect(text).toBe('[sshd]\nmaxretry = 5\nbantime = 29d\nfindtime = 1h\n');
		expect(store.isInProgress()).toBe(false);
	});
});

it('lifts bans of its jails that others made since, and those of the caller in every jail', async () => {
	const { id } = await waits();
	const record = { ...(await store.read(id)), jails: ['sshd'] };
	const asked: [AddressesByJail, readonly string[] | undefined][] = [];
	const lift = async (bans: AddressesByJail, only?: readonly string[]) => asked.push([bans, only]);
	const before = { sshd: ['198.51.100.1'], recidive: ['198.51.100.2'] };
	await new Provisional({ bans: { lift }, log: new FakeLog() } as never).lift(record, before);
	expect(asked).toEqual([
		[before, ['192.0.2.10']],
		[{ sshd: ['198.51.100.1'] }, undefined],
	]);
});
