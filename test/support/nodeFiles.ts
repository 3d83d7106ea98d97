import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SystemFiles } from '../../src/backend/system/SystemFiles.ts';

/** A node's own files as a test wants them. */
export interface NodeFilesOptions {
	/** A folder for journal and logs: `journal` in it is the journal, `logs` is /var/log. */
	dir: string;
	/** Files by path with their text; a path alone is enough for what only has to be there. */
	files?: Record<string, string>;
	/** Default: there is one, and python3-systemd. */
	journal?: boolean;
	networks?: { name: string; cidr: string }[];
}

/** What every Proxmox VE node has. */
const usual = ['/usr/sbin/sshd', '/usr/bin/pvedaemon', '/usr/sbin/iptables', '/usr/sbin/ipset'];

const journal = ['/var/log/journal', '/usr/lib/python3/dist-packages/systemd/journal.py'];

/** The firewall's actions by their own names, that touch no firewall. */
export const harmlessFirewall = Object.fromEntries(
	['nftables', 'iptables'].flatMap((tool) =>
		['', '-multiport', '-allports'].map((kind) => [
			`action.d/${tool}${kind}.conf`,
			'[Definition]\nactionstart =\nactionstop =\nactionban =\nactionunban =\n',
		]),
	),
);

/** The files of Debian 12's and of Debian 13's node that matter to its protection. */
export const debian = {
	'1.0.2': {},
	'1.1.0': { '/usr/lib/openssh/sshd-session': '', '/usr/sbin/nft': '' },
} as const;

/** A node of which only the named files exist, and those of the private folder. */
export function nodeFiles({
	dir,
	files = {},
	journal: hasJournal = true,
	networks = [],
}: NodeFilesOptions): SystemFiles {
	const all = new Map([
		...[...usual, ...(hasJournal ? journal : [])].map((file): [string, string] => [file, '']),
		...Object.entries(files),
	]);
	const own = (file: string) => file.startsWith(`${dir}/`);
	return {
		readText(file) {
			if (!own(file)) return all.get(file) ?? null;
			return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : null;
		},
		list(folder) {
			if (own(folder)) return readdirSync(folder);
			const start = `${folder}/`;
			return [...all.keys()]
				.filter((file) => file.startsWith(start) && !file.slice(start.length).includes('/'))
				.map((file) => file.slice(start.length));
		},
		timeOf(file) {
			if (own(file)) return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
			const there = all.has(file) || [...all.keys()].some((name) => name.startsWith(`${file}/`));
			return there ? 1 : null;
		},
		isLog: (file) => own(file) && statSync(file, { throwIfNoEntry: false })?.isFile() === true,
		networks: () => networks,
		logFolder: `${dir}/logs`,
		journalBackend: `systemd[journalpath=${dir}/journal]`,
	};
}

/**
 * The same as real files, for a helper or a command that is a process of its own (`--node`): `dir/node` stands for `/`,
 * `dir/logs` for /var/log. Answers the folder.
 */
export async function layOutNode(dir: string, files: readonly string[] = []): Promise<string> {
	const node = join(dir, 'node');
	for (const file of [...usual, ...files]) {
		await mkdir(dirname(join(node, file)), { recursive: true });
		await writeFile(join(node, file), '');
	}
	await mkdir(join(node, 'var'), { recursive: true });
	await symlink('../../logs', join(node, 'var/log'));
	return node;
}
