import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../build/setup/paths.ts';
import { mustRun } from '../../build/setup/run.ts';
import { setup } from '../../build/setup/setup.ts';
import { type Release, releases } from '../support/fail2ban.ts';
import { startDemo } from './demo/startDemo.ts';
import { accounts } from './server/accounts.ts';

const usage = `Usage: npm start -- [options]
  --port N           port of the page (default: 8006; 0 picks a free one)
  --release VERSION  fail2ban 1.0.2 or 1.1.0 (default: the newest)
  --no-generator     write no failed log-ins
`;

interface Options {
	port: number;
	release: string | undefined;
	generator: boolean;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '8006' },
			release: { type: 'string' },
			'no-generator': { type: 'boolean', default: false },
		},
	});
	if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
		throw new Error(`--port takes a number from 0 to 65535.\n${usage}`);
	}
	return { port: Number(values.port), release: values.release, generator: !values['no-generator'] };
}

function chosenRelease(version: string | undefined): Release {
	const all = releases();
	const found = version === undefined ? all.at(-1) : all.find((each) => each.version === version);
	if (!found) {
		throw new Error(`--release takes ${all.map((each) => each.version).join(' or ')}.\n${usage}`);
	}
	return found;
}

/** Aborts at the first Ctrl-C, SIGTERM or SIGHUP; a later one ends at once. */
function interruption(): AbortSignal {
	const controller = new AbortController();
	let first = 0;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			first ||= Date.now();
			controller.abort();
			// One Ctrl-C comes twice: from the terminal, and handed on by npm.
			if (Date.now() - first > 1000) {
				process.exit(1);
			}
		});
	}
	return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
		}
		signal.addEventListener('abort', () => resolve());
	});
}

async function main(signal: AbortSignal): Promise<void> {
	const options = readOptions();
	const print = (line: string) => console.log(`==> ${line}`);
	await setup('start', print);
	signal.throwIfAborted();
	print('building');
	// Not by the program tsx, which leaves a folder for its pipes behind.
	await mustRun(process.execPath, ['--import', 'tsx', 'build/build.ts'], { cwd: root });
	signal.throwIfAborted();
	const demo = await startDemo({ ...options, release: chosenRelease(options.release), signal, print });
	const users = accounts.map(
		({ user, privileges }) => `  ${user.padEnd(12)}${privileges.join(', ') || 'no rights'}`,
	);
	console.log(`
${demo.address}

Log in as one of these, password ${demo.password}
${users.join('\n')}

fail2ban-client of this demo:
  ${join(demo.fail2ban.release.bin, 'fail2ban-client')} -c ${demo.fail2ban.config} -s ${demo.fail2ban.socket}

Ctrl-C stops everything.`);
	await aborted(signal);
	print('stopping');
	await demo.stop();
}

const signal = interruption();
try {
	await main(signal);
	// The handlers of the signals keep nothing alive, but a library might.
	process.exit(0);
} catch (error) {
	// What Ctrl-C stops half-way fails in many ways, none of which is worth telling.
	if (!signal.aborted) {
		console.error(error instanceof Error ? error.message : error);
	}
	process.exit(signal.aborted ? 0 : 1);
}
