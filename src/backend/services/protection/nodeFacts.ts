import { type Message, msg } from '../../kit/message.ts';
import { firewallOptions } from '../../system/firewallOptions.ts';
import type { SystemFiles } from '../../system/SystemFiles.ts';
import { sshPorts } from './sshPorts.ts';

/** What the node is made of, as far as its protection depends on it. */
export type NodeFacts = JournalFacts & OtherFacts;

type JournalFacts =
	| {
			/** fail2ban's backend for the journal. */
			journal: string;
			noJournal: null;
	  }
	| {
			journal: null;
			/** Why jails cannot read the journal, and what to do. */
			noJournal: Message;
	  };

interface OtherFacts {
	/** Log files of the system logger, the one that is written to first. */
	authLog: string | null;
	daemonLog: string | null;
	/** Proxmox Backup Server writes a log of its own. */
	backupLog: string | null;
	logFolder: string;
	installed: { ssh: boolean; pve: boolean; backup: boolean; mail: boolean };
	sshPorts: number[];
	/** Programs with which bans are enforced. */
	programs: { nftables: boolean; iptables: boolean; ipset: boolean };
	/** Proxmox VE's own firewall works with nftables. */
	nftablesFirewall: boolean;
	/** Whether a log that fail2ban is told to read is there. */
	isLog(file: string): boolean;
}

const journals = ['/var/log/journal', '/run/log/journal'];
const pythonSystemd = '/usr/lib/python3/dist-packages/systemd/journal.py';

const backupFolder = '/usr/lib/x86_64-linux-gnu/proxmox-backup';

const units = ['/lib/systemd/system', '/usr/lib/systemd/system', '/etc/systemd/system'];

export function readNodeFacts(files: SystemFiles): NodeFacts {
	const exists = (file: string) => files.timeOf(file) !== null;
	const program = (name: string) =>
		['/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((folder) => exists(`${folder}/${name}`));
	const unit = (name: string) => units.some((folder) => exists(`${folder}/${name}.service`));
	const newest = (...names: string[]) => {
		const times = names.map((name) => ({ name, time: files.timeOf(name) }));
		const there = times.filter(({ time }) => time !== null);
		// a file from before an upgrade may be left, to which nothing is written any more
		return there.sort((one, other) => (other.time ?? 0) - (one.time ?? 0))[0]?.name ?? null;
	};
	const log = (name: string) => `${files.logFolder}/${name}`;
	const hasJournal = journals.some(exists);
	const noJournal = hasJournal
		? exists(pythonSystemd)
			? null
			: msg('fail2ban cannot read the journal without python3-systemd (apt install python3-systemd).')
		: msg('There is no journal because systemd-journald is not running.');
	return {
		...(noJournal === null ? { journal: files.journalBackend, noJournal } : { journal: null, noJournal }),
		authLog: newest(log('auth.log')),
		daemonLog: newest(log('daemon.log'), log('syslog')),
		backupLog: newest(log('proxmox-backup/api/auth.log')),
		logFolder: files.logFolder,
		installed: {
			ssh: program('sshd'),
			pve: program('pvedaemon'),
			// the folder itself is there on every node, for proxmox-backup-file-restore
			backup: unit('proxmox-backup-proxy') || exists(`${backupFolder}/proxmox-backup-proxy`),
			mail: unit('pmgproxy') || program('pmgproxy'),
		},
		sshPorts: sshPorts(files),
		programs: { nftables: program('nft'), iptables: program('iptables'), ipset: program('ipset') },
		nftablesFirewall:
			(firewallOptions(files.readText('/etc/pve/local/host.fw') ?? '').get('nftables') ?? 0) !== 0,
		isLog: (file) => files.isLog(file),
	};
}
