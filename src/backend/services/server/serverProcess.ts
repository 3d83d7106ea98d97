import type { ReadText } from '../../system/SystemFiles.ts';

/** A running fail2ban server, by its pid file. */
export interface ServerProcess {
	pid: number;
	/** Unix seconds. */
	startedAt: number;
}

/** Clock ticks a second in /proc: Linux has 100 on every platform that Proxmox VE runs on, see proc(5). */
const ticks = 100;

/**
 * The process that a pid file names. null without one, and when the number belongs to another program by
 * now: the file outlives a killed server.
 */
export function findServerProcess(readText: ReadText, pidfile: string): ServerProcess | null {
	const pid = Number(readText(pidfile)?.trim() || Number.NaN);
	if (!Number.isInteger(pid) || pid <= 0) return null;
	if (!readText(`/proc/${pid}/cmdline`)?.includes('fail2ban')) return null;
	// the name in parentheses may hold blanks; start time is field 22, the 20th behind it
	const fields = readText(`/proc/${pid}/stat`)
		?.replace(/^.*\) /s, '')
		.split(' ');
	const booted = /^btime (\d+)/m.exec(readText('/proc/stat') ?? '')?.[1];
	const started = Number(fields?.[19]);
	if (booted === undefined || !Number.isFinite(started)) return null;
	return { pid, startedAt: Number(booted) + Math.floor(started / ticks) };
}
