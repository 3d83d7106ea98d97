import { readFileSync } from 'node:fs';

/** Changes with each boot, so that a lock from before a power loss is nobody's, whoever has its pid now. */
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

/**
 * When a process started: boot and field 22 of /proc/PID/stat; the program's name before that may hold blanks and
 * parentheses. null: it is gone.
 */
export function startOf(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ESRCH') return null;
		throw error;
	}
}

/** A process by a name that no later one can have. */
export function processName(pid = process.pid): string {
	return `${pid} ${startOf(pid)}`;
}

/** Whether the process of this name runs. */
export function isRunning(name: string): boolean {
	return processName(Number(name.split(' ')[0])) === name;
}
