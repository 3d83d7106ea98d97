import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suite } from '../../../build/setup/chroots.ts';
import type { Finished } from '../../../build/setup/run.ts';
import type { Debs } from './debs.ts';
import { Machine } from './Machine.ts';

/** What the admin has before us: two jails, one of them with a log of its own and with a ban. */
const adminsJails = `# by hand
[DEFAULT]
banaction = nftables

[sshd]
backend = systemd

[manual]
enabled = true
filter = sshd
backend = polling
logpath = /var/log/manual.log
bantime = 1h
`;

/** What must not change while a package comes and goes. */
export interface RunningJails {
	pid: string;
	jails: string;
	banned: string;
	/** The table of bans in the firewall. */
	rules: string;
	/** Stops and starts of jails in fail2ban's log. */
	stops: number;
}

/** A machine with a stand-in for Proxmox VE on it and a fail2ban that an admin has set up. */
export class Node {
	readonly machine: Machine;

	private constructor(machine: Machine) {
		this.machine = machine;
	}

	static async start(suite: Suite, debs: Debs): Promise<Node> {
		const node = new Node(await Machine.boot(suite));
		try {
			await node.machine.write('/etc/fail2ban/jail.local', adminsJails);
			await node.machine.shell('touch /var/log/manual.log && systemctl restart fail2ban');
			await node.until('fail2ban-client', ['status', 'manual']);
			await node.machine.must('fail2ban-client', ['set', 'manual', 'banip', '192.0.2.1']);
			await node.until('sh', ['-c', 'nft list ruleset | grep -q 192.0.2.1']);
			await node.install(await debs.pveManager('8.4.1'));
			await node.until('test', ['-s', '/run/pveproxy.page']);
			return node;
		} catch (error) {
			await node.stop();
			throw error;
		}
	}

	stop(): Promise<void> {
		return this.machine.stop();
	}

	/** Runs a program until it succeeds; throws what it said last after 20 s. */
	async until(program: string, args: readonly string[]): Promise<string> {
		const end = Date.now() + 20_000;
		for (;;) {
			const { exit, stdout, stderr } = await this.machine.run(program, args);
			if (exit === 0) return stdout;
			if (Date.now() > end) throw new Error(`${program} ${args.join(' ')}: exit ${exit}\n${stderr}${stdout}`);
			await sleep(100);
		}
	}

	/** Installs a package of this machine's; answers what dpkg said on standard error. */
	async install(deb: string): Promise<string> {
		await this.machine.write('/tmp/package.deb', await readFile(deb));
		return this.dpkg('--install', '/tmp/package.deb');
	}

	async dpkg(...args: string[]): Promise<string> {
		const { exit, stdout, stderr } = await this.machine.run('dpkg', args);
		if (exit !== 0) throw new Error(`dpkg ${args.join(' ')}: exit ${exit}\n${stderr}${stdout}`);
		return stderr;
	}

	/** What `dpkg --verify` finds in any package. */
	async verified(): Promise<string> {
		const { stdout, stderr } = await this.machine.run('dpkg', ['--verify']);
		return stdout + stderr;
	}

	async jails(): Promise<RunningJails> {
		const { machine } = this;
		const log = await machine.read('/var/log/fail2ban.log');
		return {
			pid: (await machine.must('systemctl', ['show', '--property=MainPID', 'fail2ban'])).trim(),
			jails: (await machine.must('fail2ban-client', ['status'])).trim(),
			banned: (await machine.must('fail2ban-client', ['banned'])).trim(),
			rules: await machine.must('nft', ['list', 'ruleset']),
			stops: log.split('\n').filter((line) => /Shutdown|Jail '.*' (stopped|started)/.test(line)).length,
		};
	}

	/** Proxmox VE's pvesh: METHOD PATH NAME=VALUE …. */
	pvesh(...args: string[]): Promise<Finished> {
		return this.machine.run('pvesh', args);
	}

	/** The answer of a call that succeeds. */
	async call(...args: string[]): Promise<unknown> {
		const { exit, stdout, stderr } = await this.pvesh(...args);
		if (exit !== 0) throw new Error(`pvesh ${args.join(' ')}: exit ${exit}\n${stderr}`);
		return JSON.parse(stdout);
	}

	/** Starts a task and waits for its end; answers its log. */
	async task(...args: string[]): Promise<string> {
		const upid = (await this.call(...args)) as string;
		return this.until('grep', ['-B1000', '^TASK ', `/tmp/${upid}`]);
	}

	/** A property of a unit, e.g. ActiveState. */
	async unit(name: string, property: string): Promise<string> {
		return (await this.machine.must('systemctl', ['show', '--value', `--property=${property}`, name])).trim();
	}

	/**
	 * Each start and each reload of the API daemon adds a line: its pid and who answers /nodes/NODE/fail2ban. Waits for
	 * the last line, as a reload goes on after dpkg has ended; answers all lines.
	 */
	async daemonStarts(last: string): Promise<string[]> {
		const file = '/var/log/pvedaemon.starts';
		await this.until('sh', ['-c', `tail -n 1 ${file} | grep -qx '${last}'`]);
		return (await this.machine.read(file)).trim().split('\n');
	}
}
