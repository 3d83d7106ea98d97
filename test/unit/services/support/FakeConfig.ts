import { createHash } from 'node:crypto';
import { JailConfig } from '../../../../src/backend/config/layers.ts';
import type {
	ChangeDone,
	ChangeRequest,
	ConfigChanges,
	PlannedChange,
} from '../../../../src/backend/files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../../../src/backend/files/ConfigFiles.ts';
import type { Caller, Task } from '../../../../src/backend/kit/caller.ts';
import { memorySource } from '../../../support/memorySource.ts';

export const root: Caller = { user: 'root@pam', root: true, syslog: true, clientIp: null };
export const admin: Caller = { user: 'admin@pve', root: false, syslog: false, clientIp: '192.0.2.10' };

/** The shape of a shipped configuration, in short. */
export const stock: Readonly<Record<string, string>> = {
	'jail.conf': `[DEFAULT]
bantime = 10m
findtime = 10m
maxretry = 5
backend = auto
mode = normal
enabled = false
filter = %(__name__)s[mode=%(mode)s]
banaction = iptables-multiport
port = 0:65535
action = %(banaction)s[port="%(port)s"]

[sshd]
port = ssh
logpath = /var/log/auth.log

[recidive]
logpath = /var/log/fail2ban.log
bantime = 1w
`,
	'jail.d/defaults-debian.conf': '[sshd]\nenabled = true\n',
	'filter.d/sshd.conf': '[Definition]\nfailregex = x\n',
	'filter.d/recidive.conf': '[Definition]\nfailregex = x\n',
	'filter.d/proxmox.local': '[Definition]\nfailregex = x\n',
	'action.d/iptables-multiport.conf': '[Definition]\n',
	'action.d/nftables.conf': '[Definition]\n',
};

/** A configuration folder in memory, and changes that are made without asking fail2ban. */
export class FakeConfig implements ConfigFiles, ConfigChanges {
	readonly files: Map<string, string>;
	readonly plans: PlannedChange[] = [];
	readonly requests: ChangeRequest[] = [];
	problems: ConfigSnapshot['problems'] = [];
	asTask = false;
	#known: { text: string; snapshot: ConfigSnapshot } | null = null;

	constructor(files: Readonly<Record<string, string>> = {}) {
		this.files = new Map(Object.entries({ ...stock, ...files }));
	}

	snapshot(): ConfigSnapshot {
		const text = JSON.stringify([...this.files]);
		if (this.#known?.text !== text) {
			const source = memorySource(Object.fromEntries(this.files));
			const jails = new JailConfig(source, '/etc/fail2ban', '1.1.0');
			const digest = createHash('sha1').update(text).digest('hex');
			const snapshot = { root: '/etc/fail2ban', source, jails, digest, problems: this.problems };
			this.#known = { text, snapshot };
		}
		return this.#known.snapshot;
	}

	fresh(): ConfigSnapshot {
		return this.snapshot();
	}

	relative(file: string): string {
		return file.replace('/etc/fail2ban/', '');
	}

	async change(request: ChangeRequest): Promise<{ data: ChangeDone } | { task: Task }> {
		this.requests.push(request);
		const planned = request.plan(this.snapshot());
		this.plans.push(planned);
		const carryOut = () => {
			for (const { file, text } of planned.edits) {
				if (text === null) this.files.delete(file);
				else this.files.set(file, text);
			}
		};
		if (this.asTask) return { task: { run: async () => carryOut() } };
		carryOut();
		const files = planned.edits.map(({ file }) => file);
		return {
			data: {
				id: '1',
				files,
				changed: planned.changed,
				pending: false,
				digest: this.snapshot().digest,
				provisional: null,
			},
		};
	}

	/** The effective value of a jail's option, or of [DEFAULT]. */
	value(jail: string | null, option: string): string | null | undefined {
		const { jails } = this.snapshot();
		return (jail === null ? jails.defaultOption(option) : jails.option(jail, option))?.value;
	}
}
