import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult, RunCommand } from '../../src/backend/fail2ban/Fail2banCommands.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import type { Release } from './fail2ban.ts';

/** A network of its own with a firewall of its own, so that nothing here reaches the machine's. */
export interface NetNamespace {
	/** Of the process that holds it open; `ip link … netns PID` takes it. */
	pid: number;
	/** What starts another program in it: a program and its first arguments. */
	enter: readonly [string, ...string[]];
	/** Runs a program in it. */
	run: RunCommand;
	/** The same, for a program that must succeed; answers what it printed. */
	must(program: string, ...args: string[]): Promise<string>;
	/** A release whose programs run in it. */
	inside(release: Release): Promise<Release>;
	close(): Promise<void>;
}

export interface NetNamespaceOptions {
	/**
	 * What its programs see in place of the machine's files and folders: theirs by ours. With any of them it also has
	 * a /run of its own.
	 */
	mounts?: Readonly<Record<string, string>>;
}

/** Where a file of the machine is missing, nothing has to be hidden. */
const mountAll = `mount -t tmpfs tmpfs /run || exit
while [ "$1" ]; do { [ ! -e "$1" ] || mount --bind "$2" "$1"; } && shift 2 || exit; done`;

/** Needs root. Rejects where the system has no namespaces. */
export async function createNetNamespace({ mounts = {} }: NetNamespaceOptions = {}): Promise<NetNamespace> {
	const pairs = Object.entries(mounts).flat();
	const kinds = pairs.length === 0 ? [] : ['--mount'];
	const prepare = pairs.length === 0 ? '' : mountAll;
	// it says when it is there, and ends with the test that holds its input
	const holder = spawn(
		'unshare',
		['--net', ...kinds, 'sh', '-c', `${prepare}\necho ready; exec cat`, 'sh', ...pairs],
		{ stdio: ['pipe', 'pipe', 'pipe'] },
	);
	let problem = '';
	holder.stderr.setEncoding('utf8').on('data', (text: string) => {
		problem += text;
	});
	const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
	if (String(first) !== 'ready\n') throw new Error(`no network namespace: ${problem}`);
	const folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-net-'));
	const pid = holder.pid as number;
	const parts = [`--net=/proc/${pid}/ns/net`, ...kinds.map((part) => `${part}=/proc/${pid}/ns/mnt`)];
	const enter: readonly [string, ...string[]] = ['nsenter', ...parts];
	const run: RunCommand = (program, args, options) =>
		runCommand('nsenter', [...parts, program, ...args], options);
	return {
		pid,
		enter,
		run,
		async must(program, ...args) {
			const { exit, stdout, stderr }: CommandResult = await run(program, args);
			if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${exit}\n${stderr}`);
			return stdout;
		},
		async inside(release) {
			for (const name of ['fail2ban-client', 'fail2ban-server', 'fail2ban-regex', 'fail2ban-python']) {
				const script = `#!/bin/sh\nexec ${enter.join(' ')} ${join(release.bin, name)} "$@"\n`;
				await writeFile(join(folder, name), script);
				await chmod(join(folder, name), 0o755);
			}
			return { ...release, bin: folder };
		},
		async close() {
			const gone = once(holder, 'exit');
			holder.stdin.end();
			await gone;
			await rm(folder, { recursive: true, force: true });
		},
	};
}
