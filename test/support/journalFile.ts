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
	/** Line breaks and any other sign are kept. */
	message: string;
	comm?: string;
	/** Default 0. */
	uid?: number;
	/** How it reached journald; default syslog. */
	transport?: 'syslog' | 'journal' | 'stdout' | 'kernel';
}

/** The program of Debian's package systemd-journal-remote. */
export const journalRemote = '/usr/lib/systemd/systemd-journal-remote';

const boot = '0123456789abcdef0123456789abcdef';

/**
 * Entries in journal export format, the way journald would have them.
 * @param monotonic microseconds since the boot, of the first; each next one comes 1 ms later
 */
export function exportEntries(entries: readonly JournalEntry[], monotonic = 1000): Buffer {
	const parts = entries.map(({ time, identifier, pid, unit, message, comm = identifier, ...more }, n) => {
		const { uid = 0, transport = 'syslog' } = more;
		const microseconds = Math.round(time * 1_000_000);
		const fields = [
			`__REALTIME_TIMESTAMP=${microseconds}`,
			`__MONOTONIC_TIMESTAMP=${monotonic + n * 1000}`,
			`_BOOT_ID=${boot}`,
			`_MACHINE_ID=${boot}`,
			'_HOSTNAME=pve1',
			'PRIORITY=6',
			`_TRANSPORT=${transport}`,
			`_UID=${uid}`,
			`_PID=${pid}`,
			`SYSLOG_PID=${pid}`,
			`SYSLOG_IDENTIFIER=${identifier}`,
			`_COMM=${comm}`,
			`_SYSTEMD_UNIT=${unit}`,
			`_SOURCE_REALTIME_TIMESTAMP=${microseconds}`,
		];
		const length = Buffer.alloc(8);
		length.writeBigUInt64LE(BigInt(Buffer.byteLength(message)));
		// the form with a length takes any sign
		return Buffer.concat([
			Buffer.from(`${fields.join('\n')}\nMESSAGE\n`),
			length,
			Buffer.from(`${message}\n\n`),
		]);
	});
	return Buffer.concat(parts);
}

/** Writes a journal of its own for tests into a folder. */
export async function writeJournal(folder: string, entries: readonly JournalEntry[]): Promise<void> {
	await mkdir(folder, { recursive: true });
	const source = join(folder, 'entries.export');
	await writeFile(source, exportEntries(entries));
	await promisify(execFile)(journalRemote, ['-o', join(folder, 'test.journal'), source]);
}
