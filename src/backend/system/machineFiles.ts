import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { SystemFiles } from './SystemFiles.ts';

/** What is asked for may be absent, or a process that is gone. */
const absent = ['ENOENT', 'ESRCH', 'EACCES', 'ENOTDIR', 'EISDIR'];

function orAbsent<T>(read: () => T, nothing: T): T {
	try {
		return read();
	} catch (error) {
		if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return nothing;
		throw error;
	}
}

export function readText(file: string): string | null {
	return orAbsent(() => readFileSync(file, 'utf8'), null);
}

/** When a file changed last (Unix milliseconds); null: there is none. */
function timeOf(file: string): number | null {
	return orAbsent(() => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null, null);
}

function isLog(file: string): boolean {
	return orAbsent(() => statSync(file).isFile(), false);
}

function list(folder: string): string[] {
	return orAbsent(() => readdirSync(folder), []);
}

export function ownAddresses(): string[] {
	return Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? []);
}

function networks(): { name: string; cidr: string }[] {
	return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
		addresses.flatMap(({ cidr, internal, address }) =>
			cidr === null || internal || address.startsWith('fe80:') ? [] : [{ name, cidr }],
		),
	);
}

const machine: SystemFiles = {
	readText,
	list,
	timeOf,
	isLog,
	networks,
	logFolder: '/var/log',
	journalBackend: 'systemd',
};

/**
 * The files of this machine.
 * @param root a folder that stands for `/`, for a fail2ban that is not the node's own; null: the machine itself
 */
export function machineFiles(root: string | null = null): SystemFiles {
	if (root === null) return machine;
	const logFolder = orAbsent(() => realpathSync(`${root}/var/log`), `${root}/var/log`);
	const own = (file: string) => (file.startsWith(`${logFolder}/`) ? file : `${root}${file}`);
	return {
		readText: (file) => readText(own(file)),
		list: (folder) => list(own(folder)),
		timeOf: (file) => timeOf(own(file)),
		isLog,
		networks,
		logFolder,
		journalBackend: `systemd[journalpath=${logFolder}/journal]`,
	};
}
