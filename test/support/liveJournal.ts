import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { exportEntries, type JournalEntry, journalRemote } from './journalFile.ts';
import { until } from './until.ts';

/** A journal that grows while others read it, as journald's does. */
export interface LiveJournal {
	/**
	 * Appends entries; their time is now.
	 * @param age seconds before now
	 */
	append(entries: readonly Omit<JournalEntry, 'time'>[], age?: number): void;
	close(): Promise<void>;
}

/**
 * The system's journal below a folder that stands for /var/log, written by systemd-journal-remote, which uses the same
 * code as journald: readers that wait for new entries are woken. Rejects if the program is missing.
 */
export async function startLiveJournal(logs: string): Promise<LiveJournal> {
	if (!existsSync(journalRemote)) throw new Error(`${journalRemote} is missing: run "npm run setup".`);
	const folder = join(logs, 'journal', machineId());
	await mkdir(folder, { recursive: true });
	const file = join(folder, 'system.journal');
	const writer = spawn(journalRemote, ['-o', file, '-'], {
		stdio: ['pipe', 'ignore', 'pipe'],
	});
	let problem = '';
	writer.stderr.setEncoding('utf8').on('data', (text: string) => {
		problem += text;
	});
	let failure: Error | undefined;
	const gone = once(writer, 'exit').then(([exit]) => {
		if (exit !== 0) failure = new Error(`${journalRemote}: exit ${exit}\n${problem}`);
	});
	// its end is told by its exit
	writer.stdin.on('error', () => {});
	const journal: LiveJournal = {
		append(entries, age = 0) {
			if (failure !== undefined) throw failure;
			const time = Date.now() / 1000 - age;
			const dated = entries.map((entry, n) => ({ ...entry, time: time + n / 1_000_000 }));
			writer.stdin.write(exportEntries(dated, Number(process.hrtime.bigint() / 1000n)));
		},
		async close() {
			writer.stdin.end();
			await gone;
			if (failure !== undefined) throw failure;
		},
	};
	// a reader that finds a journal without any entry never sees one in it
	journal.append([{ identifier: 'systemd', pid: 1, unit: 'init.scope', message: 'Startup finished.' }]);
	await until(async () => {
		if (failure !== undefined) throw failure;
		const { exit, stdout } = await runCommand('journalctl', ['--file', file, '-o', 'cat']);
		return exit === 0 && stdout.includes('Startup finished.');
	}, 'the first entry of the journal');
	return journal;
}

/** journalctl looks into the folder of its own machine only. */
function machineId(): string {
	try {
		const text = readFileSync('/etc/machine-id', 'utf8').trim();
		if (/^[0-9a-f]{32}$/.test(text)) return text;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
	return '0123456789abcdef0123456789abcdef';
}
