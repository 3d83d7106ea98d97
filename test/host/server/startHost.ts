import type { AddressInfo } from 'node:net';
import express from 'express';
import { mountApi } from './api.ts';
import { HostTasks } from './HostTasks.ts';
import { mountPage } from './page.ts';
import { Sessions } from './Sessions.ts';

export interface HostOptions {
	/** 0 picks a free one. */
	port: number;
	helperSocket: string;
	/** The password of all accounts. */
	password: string;
	/** The built panel, dist/pve-fail2ban.js. */
	plugin: string;
	/** Called when a log-in fails, with what was given as user name. */
	onLoginFailure?: (user: string) => void;
	onCall?: (method: string, path: string) => void;
}

export interface Host {
	/** e.g. http://127.0.0.1:8006/ */
	address: string;
	stop(): Promise<void>;
}

/** Serves the page and the API on the loopback address only: behind it is a helper with real power. */
export async function startHost(options: HostOptions): Promise<Host> {
	const app = express().disable('x-powered-by').set('query parser', 'simple');
	const tasks = new HostTasks();
	mountApi(app, {
		helperSocket: options.helperSocket,
		sessions: new Sessions(options.password),
		tasks,
		onLoginFailure: (user) => options.onLoginFailure?.(user),
		onCall: options.onCall,
	});
	await mountPage(app, options.plugin);
	const server = app.listen(options.port, '127.0.0.1');
	await new Promise<void>((resolve, reject) => {
		server.once('listening', resolve).once('error', reject);
	});
	return {
		address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		stop: () =>
			new Promise((resolve) => {
				tasks.stopAll();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
