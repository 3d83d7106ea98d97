import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBanCounts, readBanRows } from '../../../src/backend/fail2ban/database.ts';
import { runCommand } from '../../../src/backend/fail2ban/runCommand.ts';

const TABLES = `
create table bans(jail text not null, ip text, timeofban integer not null, bantime integer not null, bancount integer not null default 1, data json);
create table bips(ip text not null, jail text not null, timeofban integer not null, bantime integer not null, bancount integer not null default 1, data json, primary key(ip, jail));
insert into bans values ('sshd', '192.0.2.1', 1, 60, 1, '{}'), ('sshd', '192.0.2.1', 2, 60, 1, '{}'), ('sshd', '2001:db8::1', 1, 60, 1, '{}'), ('pve', '192.0.2.1', 3, 60, 1, '{}'), ('pve', 'bob smith ü', 3, 60, 1, '{}'), ('pve', 'bob smith ü', 4, 60, 1, '{}'), ('pve', null, 3, 60, 1, '{}'), ('pve', null, 4, 60, 1, '{}');
insert into bips values ('192.0.2.1', 'sshd', 2, 60, 1, '{}'), ('192.0.2.1', 'pve', 3, 60, 7, '{}'), ('2001:db8::1', 'sshd', 1, 60, 1, '{}');
`;

let dir: string;
let database: string;
const python = (script: string, ...args: string[]) =>
	execFileSync('/usr/bin/python3', ['-I', '-c', script, ...args]);
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'pve-fail2ban-db-'));
	database = join(dir, 'a?b#c%20d.sqlite3');
	python('import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])', database, TABLES);
});
afterAll(() => {
	rmSync(dir, { recursive: true });
});

async function counts(path: string): Promise<{ counts: Map<string, number>; reasons: string[] }> {
	const reasons: string[] = [];
	return {
		counts: await readBanCounts(runCommand, { database: path, onFailure: (reason) => reasons.push(reason) }),
		reasons,
	};
}

describe('readBanCounts', () => {
	test('counts bans of an address by jail: its rows, or what bantime.increment counted', async () => {
		const result = await counts(database);
		expect(result.reasons).toEqual([]);
		expect(result.counts).toEqual(
			new Map([
				['sshd\u0000192.0.2.1', 2],
				['pve\u0000192.0.2.1', 7],
				['pve\u0000bob smith ü', 2],
			]),
		);
	});

	test('gives the rows of bans that still last, with their own times', async () => {
		const now = Math.floor(Date.now() / 1000);
		const file = join(dir, 'current.sqlite3');
		const insert = `delete from bips; insert into bips values ('192.0.2.1', 'sshd', ${now}, 600, 1, '{}'),
			('192.0.2.2', 'sshd', ${now - 601}, 600, 1, '{}'), ('2001:db8::1', 'pve', 5, -1, 3, '{}')`;
		python(
			'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])',
			file,
			TABLES + insert,
		);
		const read = await readBanRows(runCommand, { database: file, onFailure: expect.unreachable });
		expect(read?.rows).toEqual(
			new Map([
				['sshd', new Map([['192.0.2.1', { since: now, bantime: 600, count: 1 }]])],
				['pve', new Map([['2001:db8::1', { since: 5, bantime: -1, count: 3 }]])],
			]),
		);
		expect(read?.counts.get('pve\u00002001:db8::1')).toBe(3);
	});

	test('is empty with a reason, and creates no file, without a database', async () => {
		const absent = join(dir, 'absent.sqlite3');
		const result = await counts(absent);
		expect(result.counts.size).toBe(0);
		expect(result.reasons.join()).toContain('unable to open database file');
		expect((await counts(absent)).reasons).toHaveLength(1);
	});

	test('is empty with a reason for a file that is no database', async () => {
		const text = join(dir, 'text');
		writeFileSync(text, 'no database, but long enough to be taken for one'.repeat(100));
		const result = await counts(text);
		expect(result.counts.size).toBe(0);
		expect(result.reasons.join()).toContain('not a database');
	});

	test('is empty with a reason while the database is locked', async () => {
		const script = `import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('begin exclusive'); print('locked', flush=True); sys.stdin.read()`;
		const holder = spawn('/usr/bin/python3', ['-I', '-c', script, database]);
		await once(holder.stdout, 'data');
		try {
			const result = await counts(database);
			expect(result.counts.size).toBe(0);
			expect(result.reasons.join()).toContain('locked');
		} finally {
			holder.stdin.end();
			await once(holder, 'exit');
		}
	});

	test('is empty with a reason when python is absent', async () => {
		const reasons: string[] = [];
		const result = await readBanCounts(runCommand, {
			database,
			python: join(dir, 'python'),
			onFailure: (reason) => reasons.push(reason),
		});
		expect(result.size).toBe(0);
		expect(reasons).toHaveLength(1);
	});
});
