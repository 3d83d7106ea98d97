import { appendFile, rm, writeFile } from 'node:fs/promises';
import { logStamp } from '../../src/backend/logs/JournalLog.ts';
import { programTime } from './timing.ts';

export const megabyte = 1e6;
export const day = 86_400_000;

/** Lines as a busy server writes them: 20,000 addresses, of which few try most, and each seventh line a ban. */
function lines(from: number, to: number, count: number, first: number): string {
	const parts: string[] = [];
	for (let n = 0; n < count; n++) {
		const stamp = logStamp(from + ((to - from) * n) / count);
		const random = (Math.imul(first + n, 0x9e37_79b1) >>> 0) / 2 ** 32;
		const address = Math.floor(random ** 3 * 20_000);
		const ip = `10.${address % 200}.${Math.floor(address / 200)}.7`;
		const [who, level, what] =
			n % 7 === 0
				? ['actions', 'NOTICE', `Ban ${ip}`]
				: ['filter ', 'INFO   ', `Found ${ip} - ${stamp.slice(0, 19)}`];
		parts.push(`${stamp} fail2ban.${who}        [16239]: ${level} [sshd] ${what}\n`);
	}
	return parts.join('');
}

/** A log of about this many bytes, its lines evenly between two times (Unix milliseconds). */
export async function writeLog(file: string, size: number, from: number, to: number): Promise<void> {
	await writeFile(file, '');
	const piece = Math.min(size, 10 * megabyte);
	for (let written = 0, at = 0; written < size; at++) {
		const share = (to - from) * (piece / size);
		const count = Math.round(piece / 100);
		const text = lines(from + at * share, from + (at + 1) * share, count, at * count);
		await appendFile(file, text);
		written += text.length;
	}
}

/** As logrotate does it. */
export async function pack(file: string): Promise<void> {
	await programTime('gzip', [file]);
}

/** Removes a log with all its rotated files. */
export async function removeLogs(log: string): Promise<void> {
	for (const name of ['', ...[1, 2, 3].flatMap((age) => [`.${age}`, `.${age}.gz`])])
		await rm(`${log}${name}`, { force: true });
}
