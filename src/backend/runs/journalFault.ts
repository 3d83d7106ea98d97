import { readdirSync } from 'node:fs';
import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';
import { type Message, msg } from '../kit/message.ts';

const folders = ['/var/log/journal', '/run/log/journal'];

function hasJournal(): boolean {
	return folders.some((folder) => {
		try {
			return readdirSync(folder).length > 0;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
			throw error;
		}
	});
}

/** Why fail2ban cannot read the journal, in a sentence; null: it can. On a private folder it is never asked. */
export function createJournalFault(
	run: RunCommand,
	python: string,
	privateFolder: boolean,
): () => Promise<Message | null> {
	return async () => {
		if (privateFolder) return null;
		if (!hasJournal()) return msg('systemd-journald keeps no journal.');
		const { exit } = await run(python, ['-c', 'import systemd.journal'], { timeout: 5000 });
		return exit === 0
			? null
			: msg("Python's module systemd is missing: install the package python3-systemd.");
	};
}

/** The last error that fail2ban.service told the journal, if systemd says that it failed; null: it did not. */
export function createUnitError(run: RunCommand, privateFolder: boolean): () => Promise<string | null> {
	return async () => {
		if (privateFolder) return null;
		const state = await run('systemctl', ['is-failed', 'fail2ban.service'], { timeout: 2500 });
		if (state.stdout.trim() !== 'failed') return null;
		const args = ['--unit=fail2ban.service', '--lines=50', '--output=cat', '--no-pager', '--quiet'];
		const { stdout } = await run('journalctl', args, { timeout: 5000 });
		const errors = stdout.split('\n').flatMap((line) => /\b(?:ERROR|CRITICAL)\s+(.+)$/.exec(line)?.[1] ?? []);
		return errors.at(-1) ?? null;
	};
}
