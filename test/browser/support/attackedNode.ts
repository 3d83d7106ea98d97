import { harmlessJails, proxmoxJail } from '../../support/harmlessJails.ts';

/**
 * Files of a node that has been attacked for a day: jails, the logs that they read, and fail2ban's own log of the
 * hours before. Addresses come from the ranges set aside for documentation.
 */

const hour = 3600;
const two = (value: number) => String(value).padStart(2, '0');
const clock = (time: Date) => [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');

/** The time at the start of a syslog line, in local time. */
export function syslogTime(time: Date): string {
	const month = time.toLocaleString('en', { month: 'short' });
	return `${month} ${String(time.getDate()).padStart(2)} ${clock(time)}`;
}

/** A line of fail2ban's own log. */
function logLine(time: Date, part: string, level: string, text: string): string {
	const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
	const head = `${day} ${clock(time)},${String(time.getMilliseconds()).padStart(3, '0')}`;
	return `${head} ${`fail2ban.${part}`.padEnd(24)}[812]: ${level.padEnd(7)} ${text}`;
}

/** Who is banned when fail2ban starts: address, user name, hours since the last failure. */
const attackers = {
	sshd: [
		['203.0.113.5', 'root', 0.3],
		['198.51.100.7', 'admin', 1.4],
		['192.0.2.44', 'oracle', 3.2],
		['203.0.113.77', 'ubuntu', 5.1],
		['2001:db8:0:7::bad', 'root', 7.6],
		['192.0.2.130', 'git', 9.8],
		['198.51.100.201', 'postgres', 11.5],
	],
	proxmox: [
		['198.51.100.7', 'root@pam', 0.7],
		['203.0.113.9', 'admin@pve', 2.6],
		['192.0.2.61', 'root@pam', 8.9],
	],
} as const;

interface Line {
	time: number;
	text: string;
}

const inOrder = (lines: Line[]) =>
	lines
		.sort((a, b) => a.time - b.time)
		.map(({ text }) => `${text}\n`)
		.join('');

/** Five failures of each attacker, and some of people who mistyped. */
function attacks(
	now: number,
	list: readonly (readonly [ip: string, user: string, hours: number])[],
	say: (ip: string, user: string, nth: number) => string,
): string {
	// fail2ban takes lines of one process for one session
	const lines = list.flatMap(([ip, user, hours], which) =>
		Array.from({ length: 5 }, (_, nth): Line => {
			const time = now - hours * hour * 1000 - (5 - nth) * 23_000;
			return { time, text: `${syslogTime(new Date(time))} pve1 ${say(ip, user, 10 * which + nth)}` };
		}),
	);
	const friend: Line[] = [0.5, 4, 6.5].map((hours, nth) => {
		const time = now - hours * hour * 1000;
		return { time, text: `${syslogTime(new Date(time))} pve1 ${say('192.0.2.17', 'jane', 100 + nth)}` };
	});
	return inOrder([...lines, ...friend]);
}

/** fail2ban's log of the day before it was started: more at night. */
function earlierLog(now: number): string {
	const sources = ['203.0.113.', '198.51.100.', '192.0.2.'];
	const lines: Line[] = [];
	let seed = 7;
	const random = () => {
		seed = (seed * 16807) % 2147483647;
		return seed / 2147483647;
	};
	for (let ago = 23; ago >= 1; ago--) {
		const count = Math.round(8 + 14 * random() + 34 * Math.exp(-((ago - 9) ** 2) / 8));
		for (let nth = 0; nth < count; nth++) {
			const time = now - ago * hour * 1000 + Math.floor((nth / count) * hour * 1000);
			const ip = `${sources[Math.floor(random() * 3)]}${20 + Math.floor(60 * random() ** 2)}`;
			const jail = random() < 0.75 ? 'sshd' : 'proxmox';
			const date = new Date(time);
			const stamp = logLine(date, '', '', '').slice(0, 19);
			lines.push({ time, text: logLine(date, 'filter', 'INFO', `[${jail}] Found ${ip} - ${stamp}`) });
			if (nth % 6 === 5) {
				lines.push({ time: time + 1, text: logLine(date, 'actions', 'NOTICE', `[${jail}] Ban ${ip}`) });
			}
		}
	}
	return inOrder(lines);
}

/** Some of them match the filter of the demo, some do not. */
function webLogIns(now: number): string {
	const failed = attacks(now, attackers.proxmox, (ip, user, nth) => {
		const pid = 2210 + nth;
		return `pvedaemon[${pid}]: authentication failure; rhost=${ip} user=${user} msg=Authentication failure`;
	});
	const good = [0.2, 1, 2, 3.7, 5].map((hours): Line => {
		const time = now - hours * hour * 1000;
		const text = `${syslogTime(new Date(time))} pve1 pvedaemon[2210]: <root@pam> successful auth for user 'root@pam'`;
		return { time, text };
	});
	const times = failed
		.trim()
		.split('\n')
		.map((text): Line => ({ time: Date.parse(`${new Date(now).getFullYear()} ${text.slice(0, 15)}`), text }));
	return inOrder([...times, ...good]);
}

/** For startPanel({ files }). */
export function attackedNode(now = Date.now()): Record<string, string> {
	return {
		...harmlessJails(proxmoxJail('daemon.log'), {
			backend: 'polling',
			bantime: '1d',
			findtime: '12h',
			usedns: 'no',
		}),
		'jail.d/nextcloud.local': `[nextcloud]
enabled = true
port = http,https
logpath = @DIR@/logs/nextcloud.log
`,
		'filter.d/nextcloud.local': `[Definition]
failregex = Login failed: .* \\(Remote IP: <HOST>\\)
`,
		'../logs/auth.log': attacks(now, attackers.sshd, (ip, user, nth) => {
			return `sshd[${1371 + nth}]: Failed password for ${user} from ${ip} port ${40_110 + 7 * nth} ssh2`;
		}),
		'../logs/daemon.log': webLogIns(now),
		'../logs/nextcloud.log': '',
		'../fail2ban.log': earlierLog(now),
	};
}
