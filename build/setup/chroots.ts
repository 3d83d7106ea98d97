import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrors } from './aptArchive.ts';
import { cache } from './paths.ts';
import { mustRun, run } from './run.ts';

/** Debian of PVE 8 and of PVE 9. */
export const suites = ['bookworm', 'trixie'] as const;
export type Suite = (typeof suites)[number];

/** What pve-fail2ban depends on, less pve-manager; what a node has anyway; the firewalls of fail2ban's actions. */
const packages = [
	'fail2ban',
	'libjson-perl',
	'nodejs',
	'perl',
	'python3-systemd',
	'systemd',
	'nftables',
	'iptables',
];

const folderOf = (suite: Suite) => join(cache, 'chroot', suite);

/** The root folder of a minimal Debian; to be read only. */
export function chrootOf(suite: Suite): string {
	return join(folderOf(suite), 'root');
}

/** Unpacks both Debians (250 MB of downloads, once); quick when they are there. Needs root. */
export async function fetchChroots(print: (line: string) => void): Promise<void> {
	for (const suite of suites) {
		if ((await installed(suite)) !== packages.join(' ')) {
			if (process.getuid?.() !== 0)
				throw new Error(`Debian ${suite} is unpacked by debootstrap, which needs root.`);
			print(`Debian ${suite}: debootstrap (two minutes, once)`);
			await bootstrap(suite);
		}
	}
}

async function installed(suite: Suite): Promise<string> {
	const marker = join(folderOf(suite), 'complete');
	return existsSync(marker) ? (await readFile(marker, 'utf8')).trim() : '';
}

async function bootstrap(suite: Suite): Promise<void> {
	const folder = folderOf(suite);
	const partial = `${folder}.partial`;
	const failures: string[] = [];
	for (const mirror of await mirrors()) {
		await rm(partial, { recursive: true, force: true });
		await mkdir(partial, { recursive: true });
		const args = [
			'--variant=minbase',
			`--include=${packages.join(',')}`,
			suite,
			join(partial, 'root'),
			mirror,
		];
		const { exit, stdout, stderr } = await run('debootstrap', args);
		if (exit === 0) {
			await mustRun('chroot', [join(partial, 'root'), 'apt-get', 'clean']);
			await writeFile(join(partial, 'complete'), `${packages.join(' ')}\n`);
			await rm(folder, { recursive: true, force: true });
			await rename(partial, folder);
			return;
		}
		failures.push(`${mirror}: exit ${exit}\n${`${stdout}${stderr}`.split('\n').slice(-5).join('\n')}`);
	}
	throw new Error(`Cannot unpack Debian ${suite}.\n${failures.join('\n')}`);
}
