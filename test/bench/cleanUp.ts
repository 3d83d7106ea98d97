import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for all temporary files of this process and of what it starts. It goes at Ctrl-C too: then what was started
 * ends first, by the handlers of `exit` of its owners, and the folder last. Answers what removes it.
 */
export function ownTemporaryFolder(): () => void {
	const folder = mkdtempSync(join(tmpdir(), 'f2b-bench-'));
	process.env.TMPDIR = folder;
	const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
	for (const [signal, exit] of [
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	] as const)
		process.once(signal, () => {
			process.on('exit', remove);
			process.exit(exit);
		});
	return remove;
}
