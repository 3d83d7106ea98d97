import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface JournalEntry {
	/** Unix seconds. */
	time: number;
	identifier: string;
	pid: number;
	unit: string;
	message: string;
	comm?: string;
}

const boot = '0123456789abcdef0123456789abcdef';

/** Writes a journal of its own for tests into a folder, the way journald would have these entries. */
export async function writeJournal(folder: string, entries: readonly JournalEntry[]): Promise<void> {
	const text = entries.map(({ time, identifier, pid, unit, message, comm = identifier }, n) => {
		const fields = [
			`__REALTIME_TIMESTAMP=${time * 1_000_000}`,
			`__MONOTONIC_TIMESTAMP=${(n + 1) * 1000}`,
			`_BOOT_ID=${boot}`,
			`_MACHINE_ID=${boot}`,
			'_HOSTNAME=pve1',
			'PRIORITY=6',
			'_TRANSPORT=syslog',
			'_UID=0',
			`_PID=${pid}`,
			`SYSLOG_PID=${pid}`,
			`SYSLOG_IDENTIFIER=${identifier}`,
			`_COMM=${comm}`,
			`_SYSTEMD_UNIT=${unit}`,
			`_SOURCE_REALTIME_TIMESTAMP=${time * 1_000_000}`,
			`MESSAGE=${message}`,
		];
		return `${fields.join('\n')}\n\n`;
	});
	await mkdir(folder, { recursive: true });
	const source = join(folder, 'entries.export');
	await writeFile(source, text.join(''));
	const program = '/usr/lib/systemd/systemd-journal-remote';
	await promisify(execFile)(program, ['-o', join(folder, 'test.journal'), source]);
}
