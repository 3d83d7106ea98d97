import type { SystemFiles } from '../../system/SystemFiles.ts';
import { filesLike, readSshdConfig, type SshdLine } from '../../system/sshdConfig.ts';

const serviceDefaults = '/etc/default/ssh';
const socketUnit = 'ssh.socket';

/** Ports on which the SSH daemon listens, as its files and its socket unit say, as far as they can be read. */
export function sshPorts(files: Pick<SystemFiles, 'readText' | 'list' | 'timeOf'>): number[] {
	const { readText, list } = files;
	// what cannot be read says nothing
	const { global } = readSshdConfig({ readText, list, fault: () => {} });
	const daemon = daemonPorts(global, commandPorts(files));
	const ports = new Set([...daemon, ...socketPorts(files)]);
	return [...ports].sort((one, other) => one - other);
}

/** Debian's unit starts sshd with these options; a port there stands for all Port lines. */
function commandPorts({ readText }: Pick<SystemFiles, 'readText'>): number[] {
	const options = /^\s*SSHD_OPTS=(.*)$/m.exec(readText(serviceDefaults) ?? '')?.[1] ?? '';
	return [...options.matchAll(/-p\s*(\d+)/g)].map(([, port]) => Number(port));
}

/** sshd_config(5): ListenAddress without a port listens on every Port, 22 without one. */
function daemonPorts(lines: readonly SshdLine[], command: readonly number[]): number[] {
	const ports: number[] = [];
	const listening: (number | null)[] = [];
	for (const {
		keyword,
		words: [value = ''],
	} of lines) {
		if (keyword === 'port' && isPort(value)) ports.push(Number(value));
		if (keyword === 'listenaddress') listening.push(portOf(value));
	}
	const all = command.length > 0 ? [...command] : ports.length > 0 ? ports : [22];
	if (listening.length === 0) return all;
	return listening.flatMap((port) => (port === null ? all : [port]));
}

/** `host:port`, `[v6]:port`; null: a host alone. */
function portOf(address: string): number | null {
	const [, port = ''] = /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(address) ?? [];
	return isPort(port) ? Number(port) : null;
}

function isPort(text: string): boolean {
	return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** Ports of an enabled ssh.socket: then systemd listens, and sshd's own Port does not count. */
function socketPorts(files: Pick<SystemFiles, 'readText' | 'list' | 'timeOf'>): number[] {
	const wanted = `/etc/systemd/system/sockets.target.wants/${socketUnit}`;
	if (files.timeOf(wanted) === null) return [];
	const unit = [`/etc/systemd/system/${socketUnit}`, `/lib/systemd/system/${socketUnit}`].find(
		(file) => files.readText(file) !== null,
	);
	const dropIns = ['/run/systemd/generator', '/etc/systemd/system'].flatMap((folder) =>
		filesLike(`${folder}/${socketUnit}.d/*.conf`, files.list),
	);
	let streams: string[] = [];
	for (const file of [...(unit === undefined ? [] : [unit]), ...dropIns]) {
		for (const [, value = ''] of (files.readText(file) ?? '').matchAll(
			/^[ \t]*ListenStream[ \t]*=[ \t]*(.*?)[ \t]*$/gm,
		))
			streams = value === '' ? [] : [...streams, value];
	}
	return streams.flatMap((stream) => {
		const port = /^\d+$/.test(stream) ? stream : String(portOf(stream) ?? '');
		return isPort(port) ? [Number(port)] : [];
	});
}
