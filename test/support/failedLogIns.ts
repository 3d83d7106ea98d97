import type { JournalEntry } from './journalFile.ts';

let pid = 4000;

/** Failed log-ins by SSH in the journal, as many seconds ago as told, each in a session of its own. */
export function failedLogIns(ip: string, ...ages: number[]): JournalEntry[] {
	return ages.map((age) => ({
		time: Math.floor(Date.now() / 1000) - age,
		identifier: 'sshd',
		// fail2ban takes the address from the first line of a session
		pid: pid++,
		unit: 'ssh.service',
		message: `Failed password for root from ${ip} port 1024 ssh2`,
	}));
}

/** A failed log-in by SSH as a line of auth.log, as many seconds ago as told. */
export function failedLogInLine(ip: string, age = 0): string {
	const [, month, day, , time] = new Date(Date.now() - age * 1000).toString().split(' ');
	const stamp = `${month} ${day?.replace(/^0/, ' ')} ${time}`;
	return `${stamp} pve1 sshd[${pid++}]: Failed password for root from ${ip} port 22 ssh2\n`;
}
