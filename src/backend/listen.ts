import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';

/** The first descriptor that systemd passes, see sd_listen_fds(3). */
const firstDescriptor = 3;

/** A socket that a killed helper left behind; somebody who answers on it is an error. */
async function removeStale(path: string): Promise<void> {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	if (!stat) return;
	if (!stat.isSocket()) throw new Error(`${path} exists and is no socket`);
	const answered = await new Promise<boolean>((resolve) => {
		const probe = connect(path, () => {
			probe.destroy();
			resolve(true);
		});
		probe.on('error', () => resolve(false));
	});
	if (answered) throw new Error(`another helper listens on ${path}`);
	unlinkSync(path);
}

/** Listens on the path, made 0600, or on the socket that systemd passed in. */
export async function listen(server: Server, path: string | null, env: NodeJS.ProcessEnv): Promise<void> {
	const passed = env.LISTEN_FDS === '1' && env.LISTEN_PID === String(process.pid);
	if (path === null && !passed) throw new Error('no --socket given and none passed in by systemd');
	if (path !== null) await removeStale(path);
	// nobody may connect in the moment between bind and chmod
	const umask = process.umask(0o177);
	try {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.once('listening', resolve);
			if (path === null) server.listen({ fd: firstDescriptor });
			else server.listen(path);
		});
	} finally {
		process.umask(umask);
	}
	if (path !== null) chmodSync(path, 0o600);
}
