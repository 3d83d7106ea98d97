import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { callSocket, type HelperCall } from '../support/helper.ts';

/** Environment and options of Node as the installed unit gives them. */
function fromUnit(): { environment: Record<string, string>; nodeOptions: string[] } {
	const unit = readFileSync(new URL('../../etc/systemd/pve-fail2ban.service', import.meta.url), 'utf8');
	const environment = Object.fromEntries(
		[...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
	);
	const options = /^ExecStart=\S+node (.*?)\s*\S+helper\.cjs/m.exec(unit)?.[1] ?? '';
	return { environment, nodeOptions: options.split(' ').filter(Boolean) };
}

const program = fileURLToPath(new URL('../../dist/helper.cjs', import.meta.url));

/**
 * Listens, and becomes the helper when somebody connects: what systemd does for a socket unit, so that the time
 * from the first call to its answer is the one of a real start.
 */
const activate = `
import os, select, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(16)
print('listening', flush=True)
select.select([listener], [], [])
if listener.fileno() != 3:
    os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
`;

/** The built helper as a process of its own, started by its first call. */
export class BuiltHelper {
	private constructor(
		private readonly child: ChildProcess,
		private readonly folder: string,
		readonly call: HelperCall,
	) {}

	static async listen(fail2ban: PrivateFail2ban): Promise<BuiltHelper> {
		const folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-bench-'));
		const socket = join(folder, 'helper.sock');
		const args = ['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket];
		args.push('--fail2ban-bin', fail2ban.release.bin, '--state', join(folder, 'state'));
		const { environment, nodeOptions } = fromUnit();
		const words = ['-c', activate, socket, process.execPath, ...nodeOptions, program, ...args];
		const child = spawn('/usr/bin/python3', words, {
			stdio: ['ignore', 'pipe', 'ignore'],
			env: { ...process.env, ...environment },
		});
		await once(child.stdout as NodeJS.ReadableStream, 'data');
		return new BuiltHelper(child, folder, callSocket(socket));
	}

	/** Resident memory in MB. */
	get memory(): number {
		const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
		return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
	}

	async stop(): Promise<void> {
		const gone =
			this.child.exitCode === null && this.child.signalCode === null ? once(this.child, 'exit') : null;
		this.child.kill('SIGTERM');
		await gone;
		await rm(this.folder, { recursive: true, force: true });
	}
}
