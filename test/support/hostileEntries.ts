import { hostileTexts, victim } from './hostileTexts.ts';
import type { JournalEntry } from './journalFile.ts';

/** Whom a line is to count for: a log-in from there really failed. Null: for nobody. */
type Owner = string | null;

export interface HostileEntry extends JournalEntry {
	/** What an attacker has tried. */
	kind: string;
	owner: Owner;
}

type Draft = Pick<HostileEntry, 'kind' | 'owner' | 'message'> & Partial<HostileEntry>;

/** A daemon whose failed log-ins one of our filters counts. */
export interface Daemon {
	filter: string;
	identifier: string;
	unit: string;
	transport: 'syslog' | 'journal';
	/** Its address as it writes it. */
	host(address: string): string;
	/** What it says when a log-in failed; the texts are the attacker's. */
	sentences: ((host: string, text: string) => string)[];
	/** What else it logs with a part that somebody chose; nobody is to be banned for it. */
	others: ((host: string, text: string) => string)[];
	/** A user name that it lets into its log. */
	takes(text: string): boolean;
}

const own = (words: string) => [
	(host: string, text: string) => `${words}; rhost=${host} user=${text} msg=no such user ('${text}')`,
];
const chatter = [
	(_host: string, text: string) => `authentication failure: ${text}`,
	(_host: string, text: string) => `successful auth for user '${text}'`,
	(host: string, text: string) => `problem with client ${host}; ${text}`,
	(_host: string, text: string) => `<root@pam> starting task UPID:pve1:00000001:${text}:`,
];
/** What pveproxy's socket for both families sees. */
const mapped = (address: string) => (address.includes(':') ? address : `::ffff:${address}`);

export const pve: Daemon = {
	filter: 'pve-fail2ban-pve',
	identifier: 'pvedaemon',
	unit: 'pvedaemon.service',
	transport: 'syslog',
	host: mapped,
	sentences: [
		...own('authentication failure'),
		(host, text) => `openid authentication failure; rhost=${host} msg=${text}`,
	],
	others: chatter,
	takes: () => true,
};

export const pmg: Daemon = {
	...pve,
	filter: 'pve-fail2ban-pmg',
	identifier: 'pmgdaemon',
	unit: 'pmgdaemon.service',
	sentences: [
		...own('authentication failure'),
		(host, text) => `openid connect authentication failure; rhost=${host} msg=${text}`,
	],
};

export const pbs: Daemon = {
	filter: 'pve-fail2ban-pbs',
	identifier: 'proxmox-backup-api',
	unit: 'proxmox-backup.service',
	transport: 'journal',
	host: (address) => `[${mapped(address)}]:51234`,
	sentences: [
		...own('authentication failure'),
		(host, text) => `authentication failure; rhost=${host} user=x@pbs msg=${text}`,
	],
	others: [
		...chatter,
		(host, text) => `authentication failure; rhost=${host} msg=${text}`,
		(_host, text) => `authentication failure; rhost=unknown user=x msg=${text}`,
	],
	// it refuses spaces, control characters, / and : before it logs
	takes: (text) => /^[^\s:/\p{Cc}]+$/u.test(text),
};

const hosts = ['192.0.2.77', '2001:db8::77', '203.0.113.77'] as const;

/** Lines with a hostile part, all different; the process id is the number of the line. */
export function hostileEntries(daemon: Daemon): HostileEntry[] {
	const drafts: Draft[] = [];
	let turn = 0;
	const next = () => hosts[turn++ % hosts.length] as string;
	for (const [kind, texts] of Object.entries(hostileTexts(daemon.identifier))) {
		for (const text of texts) {
			daemon.sentences.forEach((sentence, n) => {
				const owner = next();
				if (n > 0 || daemon.takes(text))
					drafts.push({ kind, owner, message: sentence(daemon.host(owner), text) });
			});
		}
	}
	const all = Object.values(hostileTexts(daemon.identifier)).flat();
	for (const text of all.filter((one) => one.length < 200 && one !== '')) {
		const { identifier } = daemon;
		const forged = `authentication failure; rhost=${daemon.host(victim.v4)} user=a msg=${text}`;
		daemon.others.forEach((other) => {
			drafts.push({
				kind: 'other messages of the daemon',
				owner: null,
				message: other(daemon.host(next()), text),
			});
		});
		drafts.push(
			{
				...{ kind: 'lines of other programs', owner: null, identifier: 'sshd', unit: 'ssh.service' },
				message: `Invalid user ${text} from ${next()} port 40022`,
			},
			{
				...{ kind: 'lines of other programs', owner: null, identifier: 'pveproxy', unit: 'pveproxy.service' },
				message: text,
			},
			{
				...{ kind: "another process under the daemon's name", owner: null, identifier },
				...{ unit: 'session-3.scope', uid: 1000, comm: 'logger', message: forged },
			},
			{
				...{ kind: "another process under the daemon's name", owner: null, identifier },
				...{ unit: daemon.unit, transport: 'stdout', message: forged },
			},
		);
	}
	return drafts.map((draft, n) => ({
		...{ identifier: daemon.identifier, unit: daemon.unit, transport: daemon.transport },
		...{ comm: `${daemon.identifier} worker`.slice(0, 15), time: 1_795_428_000 + n, pid: n + 1 },
		...draft,
	}));
}

/** The lines as rsyslog writes them into a file: control characters become `#ooo`. */
export function syslogLine({ identifier, pid, message }: HostileEntry): string {
	const text = message.replace(
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what rsyslog escapes
		/[\u0000-\u001f\u007f]/g,
		(sign) => `#${sign.charCodeAt(0).toString(8).padStart(3, '0')}`,
	);
	return `2026-11-23T10:00:00.000000+01:00 pve1 ${identifier}[${pid}]: ${text}`;
}
