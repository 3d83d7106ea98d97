import type { SystemFiles } from '../../system/SystemFiles.ts';

const config = '/etc/ssh/sshd_config';
const serviceDefaults = '/etc/default/ssh';
const socketUnit = 'ssh.socket';

/** Ports on which the SSH daemon listens, as its files and its socket unit say, as far as they can be read. */
export function sshPorts(files: Pick<SystemFiles, 'readText' | 'list' | 'timeOf'>): number[] {
	const daemon = daemonPorts(configLines(files, config), commandPorts(files));
	const ports = new Set([...daemon, ...socketPorts(files)]);
	return [...ports].sort((one, other) => one - other);
}

/** Debian's unit starts sshd with these options; a port there stands for all Port lines. */
function commandPorts({ readText }: Pick<SystemFiles, 'readText'>): number[] {
	const options = /^\s*SSHD_OPTS=(.*)$/m.exec(readText(serviceDefaults) ?? '')?.[1] ?? '';
	return [...options.matchAll(/-p\s*(\d+)/g)].map(([, port]) => Number(port));
}

const keywordLine = /^\s*([A-Za-z]+)[\s=]+(.*)$/;

/**
 * The lines of a configuration that hold for all connections, with what it includes, which sshd reads at that place. A
 * Match reaches to the end of its own file: what an included file says of some connections ends with that file.
 */
function configLines(files: Pick<SystemFiles, 'readText' | 'list'>, file: string, depth = 0): string[] {
	// sshd itself goes no deeper
	if (depth > 16) return [];
	const lines = (files.readText(file) ?? '').split('\n');
	const match = lines.findIndex((line) => /^\s*match[\s=]/i.test(line));
	return (match < 0 ? lines : lines.slice(0, match)).flatMap((line) => {
		const [, keyword = '', rest = ''] = keywordLine.exec(line) ?? [];
		if (keyword.toLowerCase() !== 'include') return [line];
		return words(rest)
			.flatMap((pattern) => matching(files, pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`))
			.flatMap((found) => configLines(files, found, depth + 1));
	});
}

function words(text: string): string[] {
	return (text.replace(/\s#.*$/, '').match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
}

/** Files that a pattern names; sshd reads them in the order of their names. */
function matching({ list }: Pick<SystemFiles, 'list'>, pattern: string): string[] {
	const at = pattern.lastIndexOf('/');
	const [folder, name] = [pattern.slice(0, at), pattern.slice(at + 1)];
	if (!/[*?]/.test(name)) return [pattern];
	const source = name
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	const regex = new RegExp(`^${source}$`);
	return list(folder)
		.filter((found) => regex.test(found) && !found.startsWith('.'))
		.sort()
		.map((found) => `${folder}/${found}`);
}

/** sshd_config(5): ListenAddress without a port listens on every Port, 22 without one. */
function daemonPorts(lines: readonly string[], command: readonly number[]): number[] {
	const ports: number[] = [];
	const listening: (number | null)[] = [];
	for (const line of lines) {
		const [, keyword = '', rest = ''] = keywordLine.exec(line) ?? [];
		const [value = ''] = words(rest);
		if (keyword.toLowerCase() === 'port' && isPort(value)) ports.push(Number(value));
		if (keyword.toLowerCase() === 'listenaddress') listening.push(portOf(value));
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
		matching(files, `${folder}/${socketUnit}.d/*.conf`),
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
