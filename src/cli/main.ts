import { createInterface } from 'node:readline/promises';
import { runCommand } from '../backend/fail2ban/runCommand.ts';
import { reasonOf } from '../backend/kit/errors.ts';
import { runCli } from './runCli.ts';

/** Set by the build. */
declare const PLUGIN_VERSION: string;

const write = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${line}\n`);

/** The journal is for later; that it takes no line must not fail a rescue. */
async function note(text: string): Promise<void> {
	const args = ['--tag', 'pve-fail2ban', '--priority', 'daemon.notice', '--', text];
	try {
		await runCommand('logger', args, { timeout: 2000 });
	} catch (error) {
		process.stderr.write(`${reasonOf(error)}\n`);
	}
}

async function ask(question: string): Promise<boolean | null> {
	if (!process.stdin.isTTY) return null;
	const reader = createInterface({ input: process.stdin, output: process.stdout });
	try {
		return /^y(?:es)?$/i.test((await reader.question(question)).trim());
	} finally {
		reader.close();
	}
}

/** sshd tells where the connection comes from; sudo may keep it back. */
const clientIp = process.env.SSH_CONNECTION?.split(' ')[0] ?? process.env.SSH_CLIENT?.split(' ')[0] ?? null;

// a connection that breaks must not end a rescue half-way
process.on('SIGHUP', () => {});
for (const stream of [process.stdout, process.stderr])
	stream.on('error', (error: NodeJS.ErrnoException) => {
		// the terminal is gone, or a reader like head went away early
		if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
	});

void runCli(process.argv.slice(2), {
	console: { out: write(process.stdout), err: write(process.stderr) },
	run: runCommand,
	root: process.geteuid?.() === 0,
	pluginVersion: PLUGIN_VERSION,
	note,
	ask,
	clientIp,
}).then((exit) => {
	process.exitCode = exit;
});
