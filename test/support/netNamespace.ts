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
	/** Runs a program in it. */
	run: RunCommand;
	/** The same, for a program that must succeed; answers what it printed. */
	must(program: string, ...args: string[]): Promise<string>;
	/** A release whose programs run in it. */
	inside(release: Release): Promise<Release>;
	close(): Promise<void>;
}

/** Needs root. Rejects where the system has no namespaces. */
export async function createNetNamespace(): Promise<NetNamespace> {
	// it says when it is there, and ends with the test that holds its input
	const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], {
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	let problem = '';
	holder.stderr.setEncoding('utf8').on('data', (text: string) => {
		problem += text;
	});
	const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
	if (String(first) !== 'ready\n') throw new Error(`no network namespace: ${problem}`);
	const folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-net-'));
	const enter = [`--net=/proc/${holder.pid}/ns/net`];
	const run: RunCommand = (program, args, options) =>
		runCommand('nsenter', [...enter, program, ...args], options);
	return {
		run,
		async must(program, ...args) {
			const { exit, stdout, stderr }: CommandResult = await run(program, args);
			if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${exit}\n${stderr}`);
			return stdout;
		},
		async inside(release) {
			for (const name of ['fail2ban-client', 'fail2ban-server', 'fail2ban-regex']) {
				const script = `#!/bin/sh\nexec nsenter ${enter.join(' ')} ${join(release.bin, name)} "$@"\n`;
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
