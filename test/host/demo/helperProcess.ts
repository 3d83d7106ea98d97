import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateFail2ban } from '../../support/fail2ban.ts';

export interface HelperProcess {
	socket: string;
	pid: number;
	/** Everything the helper wrote to standard error. */
	log(): string;
	stop(): Promise<void>;
}

export interface HelperOptions {
	/** The built helper, dist/helper.cjs. */
	program: string;
	fail2ban: PrivateFail2ban;
	/** Stands for `/` where the helper looks at the node's own files. */
	node?: string;
	/** Seconds in which a provisional change must be confirmed; default 60. */
	confirmWithin?: number;
	/** Told of each line that the helper logs. */
	onLine?: (line: string) => void;
}

/** Starts the built helper on a private fail2ban and waits until it answers on its socket. */
export async function startHelperProcess({
	program,
	fail2ban,
	node,
	confirmWithin,
	onLine,
}: HelperOptions): Promise<HelperProcess> {
	if (!existsSync(program)) {
		throw new Error(`${program} is not built: run "npm run build".`);
	}
	const dir = await mkdtemp(join(tmpdir(), 'pve-fail2ban-helper-'));
	const socket = join(dir, 'helper.sock');
	const options = {
		'--socket': socket,
		'--fail2ban-config': fail2ban.config,
		'--fail2ban-socket': fail2ban.socket,
		'--fail2ban-bin': fail2ban.release.bin,
		'--state': join(dir, 'state'),
		...(node === undefined ? {} : { '--node': node }),
		...(confirmWithin === undefined ? {} : { '--confirm-within': String(confirmWithin) }),
	};
	const child = spawn(process.execPath, [program, ...Object.entries(options).flat()], {
		stdio: ['ignore', 'inherit', 'pipe'],
		// Ctrl-C goes to the whole group of the terminal; this process ends its helper itself, in order.
		detached: true,
	});
	let text = '';
	child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
		text += chunk;
		for (const line of chunk.split('\n').filter((each) => each !== '')) {
			onLine?.(line);
		}
	});
	const abandon = () => {
		child.kill('SIGKILL');
		rmSync(dir, { recursive: true, force: true });
	};
	process.on('exit', abandon);
	const stop = async () => {
		await end(child);
		process.off('exit', abandon);
		await rm(dir, { recursive: true, force: true });
	};
	try {
		await waitForSocket(socket, child);
	} catch (error) {
		await stop();
		throw new Error(`${error instanceof Error ? error.message : error}\n${text}`.trimEnd());
	}
	return { socket, pid: child.pid ?? 0, log: () => text, stop };
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
		return;
	}
	const exit = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
	await exit;
	clearTimeout(timer);
}

async function waitForSocket(socket: string, child: ChildProcess): Promise<void> {
	const deadline = Date.now() + 20_000;
	while (Date.now() < deadline) {
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error(`The helper ended with ${child.exitCode ?? child.signalCode}.`);
		}
		if (await answers(socket)) {
			return;
		}
		await sleep(50);
	}
	throw new Error('The helper did not open its socket within 20 s.');
}

function answers(socket: string): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = connect(socket, () => {
			probe.destroy();
			resolve(true);
		});
		probe.on('error', () => resolve(false));
	});
}
