import type { Machine } from './Machine.ts';

/**
 * Not compared: what is in memory only, logs, caches, and the registers of dpkg, apt and systemd that record the very
 * steps of a test. dpkg's files about each package are compared.
 */
const left = [
	'/proc',
	'/sys',
	'/dev',
	'/run',
	'/tmp',
	'/var/log',
	'/var/cache',
	'/var/lib/apt',
	'/var/lib/dpkg/status',
	'/var/lib/dpkg/status-old',
	'/var/lib/dpkg/available',
	'/var/lib/dpkg/lock',
	'/var/lib/dpkg/lock-frontend',
	'/var/lib/dpkg/triggers/Lock',
	'/var/lib/dpkg/triggers/Unincorp',
	'/var/lib/fail2ban/fail2ban.sqlite3',
	'/var/lib/systemd/random-seed',
];

/** Runs in the machine; prints one record for each file: its path and what it is, bytes included. */
const script = `
const fs = require('node:fs');
const { createHash } = require('node:crypto');
const left = new Set(${JSON.stringify(left)});
const found = {};
function walk(folder) {
	for (const name of fs.readdirSync(folder)) {
		const path = folder === '/' ? '/' + name : folder + '/' + name;
		if (left.has(path)) continue;
		const stat = fs.lstatSync(path);
		let what = '';
		if (stat.isFile()) what = createHash('sha1').update(fs.readFileSync(path)).digest('hex');
		else if (stat.isSymbolicLink()) what = fs.readlinkSync(path);
		found[path] = [stat.mode.toString(8), stat.uid, stat.gid, what].join(' ');
		if (stat.isDirectory()) walk(path);
	}
}
walk('/');
process.stdout.write(JSON.stringify(found));
`;

/** Type, mode, owner, group and content of each file of a machine, by path. */
export type FileList = Record<string, string>;

export async function listFiles(machine: Machine): Promise<FileList> {
	return JSON.parse(await machine.must('node', ['-e', script])) as FileList;
}

/** Paths that are new, gone or different, in this order of the alphabet. */
export function compareFiles(before: FileList, after: FileList) {
	const paths = (list: FileList, chosen: (path: string) => boolean) =>
		Object.keys(list).filter(chosen).sort();
	return {
		added: paths(after, (path) => before[path] === undefined),
		removed: paths(before, (path) => after[path] === undefined),
		changed: paths(after, (path) => before[path] !== undefined && before[path] !== after[path]),
	};
}
