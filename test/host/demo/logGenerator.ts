import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Attackers come from the address ranges set aside for documentation, so nobody real is ever named. */
const networks = ['192.0.2.', '198.51.100.', '203.0.113.', '2001:db8::'];
const names = ['root', 'admin', 'test', 'oracle', 'ubuntu', 'git', 'postgres', 'pi'];

export interface GeneratorOptions {
	/** The folder that holds auth.log and pvedaemon.log. */
	folder: string;
	/** Log-ins at once, so that there is something to see from the start. */
	first: number;
	/** Milliseconds between two log-ins after that. */
	interval: number;
	/** Told of a write that failed; the generator goes on. */
	onError(error: unknown): void;
}

type Random = () => number;

function pick<T>(list: readonly T[], random: Random): T {
	return list[Math.floor(random() * list.length)] as T;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time at the start of a syslog line, in local time. */
function stamp(time: Date): string {
	const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
	const text = clock.map((part) => String(part).padStart(2, '0')).join(':');
	return `${months[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${text}`;
}

export interface LogLine {
	file: 'auth.log' | 'pvedaemon.log';
	text: string;
}

/** One log-in attempt as sshd, PAM or pvedaemon logs it; one in twelve succeeds, from the local network. */
export function logIn(time: Date, random: Random = Math.random): LogLine {
	const head = `${stamp(time)} pve1`;
	const pid = 1000 + Math.floor(random() * 9000);
	if (random() < 1 / 12) {
		const text = `sshd[${pid}]: Accepted publickey for root from 10.0.0.5 port 40022 ssh2: ED25519 SHA256:demo`;
		return { file: 'auth.log', text: `${head} ${text}` };
	}
	// A few hosts try again and again, so that they reach maxretry.
	const ip = `${pick(networks, random)}${1 + Math.floor(12 * random() ** 3)}`;
	const name = pick(names, random);
	const port = 30_000 + Math.floor(random() * 30_000);
	const attempts: (() => LogLine)[] = [
		() => ({
			file: 'auth.log',
			text: `sshd[${pid}]: Failed password for ${name} from ${ip} port ${port} ssh2`,
		}),
		() => ({ file: 'auth.log', text: `sshd[${pid}]: Invalid user ${name} from ${ip} port ${port}` }),
		() => ({
			file: 'auth.log',
			text: `vsftpd[${pid}]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=${name} rhost=${ip}`,
		}),
		() => ({ file: 'pvedaemon.log', text: failedWebLogIn(pid, ip, `${name}@pam`) }),
	];
	const { file, text } = pick(attempts, random)();
	return { file, text: `${head} ${text}` };
}

function failedWebLogIn(pid: number, ip: string, user: string): string {
	return `pvedaemon[${pid}]: authentication failure; rhost=${ip} user=${user} msg=Authentication failure`;
}

/** What pvedaemon would log about a failed log-in at the page itself. */
export function webLogInFailure(time: Date, ip: string, user: string): LogLine {
	const name = user.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
	return { file: 'pvedaemon.log', text: `${stamp(time)} pve1 ${failedWebLogIn(process.pid, ip, name)}` };
}

export async function writeLine(folder: string, { file, text }: LogLine): Promise<void> {
	await appendFile(join(folder, file), `${text}\n`);
}

/** Writes log-in attempts until the answered function is called, which waits for the last line. */
export function startGenerator({ folder, first, interval, onError }: GeneratorOptions): () => Promise<void> {
	let writing = Promise.resolve();
	const write = () => {
		writing = writing.then(() => writeLine(folder, logIn(new Date()))).catch(onError);
	};
	for (let count = 0; count < first; count += 1) {
		write();
	}
	const timer = setInterval(write, interval);
	return async () => {
		clearInterval(timer);
		await writing;
	};
}
