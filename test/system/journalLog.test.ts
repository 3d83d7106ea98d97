import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { readAddressEvents } from '../../src/backend/logs/addressEvents.ts';
import { JournalLog, type JournalQuery } from '../../src/backend/logs/JournalLog.ts';
import { LogHistory } from '../../src/backend/logs/LogHistory.ts';

const start = 1_750_000_000;
let folder: string;
let journal: JournalLog;

/** As fail2ban.service leaves it with logtarget SYSOUT, and with SYSTEMD-JOURNAL where a logger is named. */
function entry(second: number, message: string, more: Record<string, string> = {}): string {
	const fields = {
		__REALTIME_TIMESTAMP: String((start + second) * 1_000_000),
		_BOOT_ID: '0123456789abcdef0123456789abcdef',
		_PID: '77',
		_SYSTEMD_UNIT: 'fail2ban.service',
		SYSLOG_IDENTIFIER: 'fail2ban-server',
		PRIORITY: '6',
		...more,
		MESSAGE: message,
	};
	return `${Object.entries(fields)
		.map(([name, value]) => `${name}=${value}`)
		.join('\n')}\n\n`;
}

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-journal-'));
	const text = [
		...Array.from({ length: 600 }, (_, n) =>
			entry(n, `fail2ban.actions        [77]: NOTICE  [sshd] Ban 192.0.2.${n % 200}`),
		),
		entry(700, '[web] Found 203.0.113.9 - then', { LOGGER: 'fail2ban.filter', PRIORITY: '6' }),
		entry(701, 'fail2ban.jail           [77]: ERROR   Unable (to) [read]'),
		entry(702, 'Stopped fail2ban.service', { _PID: '1', SYSLOG_IDENTIFIER: 'systemd' }),
		entry(703, 'not ours', { _SYSTEMD_UNIT: 'other.service' }),
	].join('');
	await writeFile(join(folder, 'log.export'), text);
	execFileSync('/lib/systemd/systemd-journal-remote', [
		'-o',
		join(folder, 'log.journal'),
		join(folder, 'log.export'),
	]);
	journal = new JournalLog(runCommand, [
		`--file=${join(folder, 'log.journal')}`,
		'_SYSTEMD_UNIT=fail2ban.service',
	]);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (more: Partial<JournalQuery>) =>
	journal.read({ backward: true, filter: {}, limit: 500, timeout: 10_000, ...more });

describe('the log in the journal', () => {
	test('comes from the newest entry back, in the form of the file, and only of the unit', async () => {
		const { entries, more, late } = await read({ limit: 3 });
		expect(entries.map(({ text }) => text.slice(24))).toEqual([
			'systemd[1]: Stopped fail2ban.service',
			'fail2ban.jail           [77]: ERROR   Unable (to) [read]',
			'fail2ban.filter         [77]: INFO    [web] Found 203.0.113.9 - then',
		]);
		expect([more, late]).toEqual([true, false]);
		expect(entries[1]?.text).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,000 /);
	});

	test('pages back and forth by cursors, each entry once', async () => {
		const first = await read({ limit: 400 });
		const second = await read({ limit: 400, cursor: first.entries.at(-1)?.cursor });
		expect(first.entries.length + second.entries.length).toBe(603);
		expect(second.more).toBe(false);
		const forth = await read({ backward: false, cursor: second.entries.at(-1)?.cursor, limit: 1000 });
		expect(forth.entries).toHaveLength(602);
		expect((await read({ backward: false, cursor: forth.entries.at(-1)?.cursor })).entries).toEqual([]);
	});

	test('finds a text literally and in any case, a jail, a level and a time span', async () => {
		expect((await read({ filter: { search: 'UNABLE (to) [read' } })).entries).toHaveLength(1);
		expect((await read({ filter: { search: '.*' } })).entries).toEqual([]);
		expect((await read({ filter: { jail: 'web' } })).entries).toHaveLength(1);
		expect((await read({ filter: { level: 'ERROR' } })).entries).toHaveLength(1);
		expect((await read({ filter: { jail: 'sshd', search: '192.0.2.7' } })).entries.length).toBeGreaterThan(3);
		const span = await read({ backward: false, since: start + 10, until: start + 19 });
		expect(span.entries.map(({ time }) => time - start)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
	});

	test('tells what happened to one address, for SYSLOG and SYSTEMD-JOURNAL alike', async () => {
		const noFile = () => Promise.reject(new Error('no file is read'));
		const of = (target: string, address: string) => readAddressEvents(noFile, target, address, journal);
		const banned = await of('SYSLOG[facility=daemon]', '192.0.2.7');
		expect(banned.events.map(({ time, event }) => [time - start, event])).toEqual([
			[7, 'ban'],
			[207, 'ban'],
			[407, 'ban'],
		]);
		expect(banned.complete).toBe(true);
		const found = await of('SYSTEMD-JOURNAL', '203.0.113.9');
		expect(found.events).toEqual([{ time: start + 700, jail: 'web', event: 'found', count: null }]);
		// a private fail2ban has no unit
		expect(await readAddressEvents(noFile, 'SYSOUT', '192.0.2.7', null)).toEqual({
			events: [],
			complete: false,
		});
	});

	test('gives the history the same figures as a file, and only what is new the next time', async () => {
		const history = new LogHistory();
		for (let times = 0; times < 2; times++) {
			await history.readJournal(journal, start - 3600);
			const { jails } = history.history.query({ since: start - 3600, until: start + 7200, bucket: 'hour' });
			expect(jails).toEqual([
				{ jail: 'web', found: 1, bans: 0, unbans: 0 },
				{ jail: 'sshd', found: 0, bans: 600, unbans: 0 },
			]);
		}
	});

	test('says what journalctl says when it cannot read', async () => {
		const none = new JournalLog(runCommand, [`--file=${join(folder, 'none.journal')}`]);
		await expect(none.read({ backward: true, filter: {}, limit: 1, timeout: 5000 })).rejects.toThrow(
			/journalctl: /,
		);
	});
});
