import { randomBytes } from 'node:crypto';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../build/setup/paths.ts';
import { defaultFiles, type PrivateFail2ban, type Release, startFail2ban } from '../../support/fail2ban.ts';
import { layOutNode } from '../../support/nodeFiles.ts';
import { startHost } from '../server/startHost.ts';
import { demoFiles } from './demoFiles.ts';
import { startHelperProcess } from './helperProcess.ts';
import { startGenerator, webLogInFailure, writeLine } from './logGenerator.ts';

export interface DemoOptions {
	release: Release;
	/** 0 picks a free one. */
	port: number;
	/** Write failed log-ins to the logs that the jails read. */
	generator: boolean;
	/** Aborted: what has started is stopped again, and startDemo rejects. */
	signal: AbortSignal;
	/** More files of the configuration folder, by relative path; they replace the demo's own. */
	files?: Readonly<Record<string, string>>;
	/** Seconds in which a provisional change must be confirmed; default 60. */
	confirmWithin?: number;
	print(line: string): void;
}

export interface Demo {
	address: string;
	password: string;
	fail2ban: PrivateFail2ban;
	helperSocket: string;
	/** Ends everything, newest first, even if one part fails. May be called twice. */
	stop(): Promise<void>;
}

/** Starts a private fail2ban, the helper on it, the stand-in host and the generator of failed log-ins. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
	const { release, port, generator, signal, print } = options;
	const stops: (() => Promise<void>)[] = [];
	const stop = async () => {
		const failures: unknown[] = [];
		for (let last = stops.pop(); last; last = stops.pop()) {
			await last().catch((error: unknown) => failures.push(error));
		}
		if (failures.length > 0) {
			throw failures[0];
		}
	};
	const started = async <T extends { stop(): Promise<void> }>(name: string, part: Promise<T>): Promise<T> => {
		print(`starting ${name}`);
		const done = await part;
		stops.push(() => done.stop());
		signal.throwIfAborted();
		return done;
	};
	const report = (error: unknown) => print(error instanceof Error ? error.message : String(error));
	try {
		const fail2ban = await started(`fail2ban ${release.version}`, startDemoFail2ban(release, options.files));
		const folder = join(fail2ban.dir, 'logs');
		const program = join(root, 'dist/helper.cjs');
		const helper = await started(
			'helper',
			startHelperProcess({
				program,
				fail2ban,
				node: join(fail2ban.dir, 'node'),
				...(options.confirmWithin !== undefined && { confirmWithin: options.confirmWithin }),
				onLine: (line) => print(`helper: ${withoutPriority(line)}`),
			}),
		);
		// Behind the page is a helper that may run commands, so its password is new each time.
		const password = randomBytes(6).toString('base64url');
		const host = await started(
			'host',
			startHost({
				port,
				helperSocket: helper.socket,
				password,
				plugin: join(root, 'dist/pve-fail2ban.js'),
				onLoginFailure: (user) => {
					writeLine(folder, webLogInFailure(new Date(), '127.0.0.1', user)).catch(report);
				},
			}),
		);
		if (generator) {
			stops.push(startGenerator({ folder, first: 100, interval: 1000, onError: report }));
		}
		return { address: host.address, password, fail2ban, helperSocket: helper.socket, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function startDemoFail2ban(
	release: Release,
	more: Readonly<Record<string, string>> = {},
): Promise<PrivateFail2ban> {
	const files = { ...defaultFiles, ...demoFiles, ...more };
	const fail2ban = await startFail2ban(release, { files, start: false });
	try {
		await writeFile(join(fail2ban.dir, 'logs/pvedaemon.log'), '');
		await layOutNode(fail2ban.dir, ['/usr/sbin/nft']);
		await symlink('pvedaemon.log', join(fail2ban.dir, 'logs/syslog'));
		await fail2ban.start();
		return fail2ban;
	} catch (error) {
		await fail2ban.stop();
		throw error;
	}
}

/** The journal would take the number off. */
function withoutPriority(line: string): string {
	return line.replace(/^<\d>/, '');
}
