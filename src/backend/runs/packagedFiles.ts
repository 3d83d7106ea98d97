import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';

/** A file below the configuration folder as a package ships it. */
export interface WantedFile {
	file: string;
	package: string;
	/** As dpkg knows it; nothing else is taken. */
	md5: string;
}

/** The bytes of each file that could be had and has the right MD5, by name. */
export type PackagedFiles = (
	wanted: readonly WantedFile[],
	download: boolean,
) => Promise<Map<string, Buffer>>;

export interface PackagedParts {
	run: RunCommand;
	/** The configuration folder. */
	root: string;
	/** A folder for what is unpacked. */
	state: string;
	/** Where apt keeps what it downloaded. */
	archives: string;
	/** The helper may not use the network, so systemd does it; false: never. */
	network: boolean;
	onFailure(reason: string): void;
}

/** Milliseconds. A call may take 30 s in all. */
const timeoutsMs = { query: 3000, unpack: 5000, download: 15_000 };

/**
 * Looks for what a package ships: beside the changed file, where dpkg leaves it (`.dpkg-dist`), in apt's archive of
 * downloads, and last by a download of the installed version, which apt verifies.
 */
export function createPackagedFiles(parts: PackagedParts): PackagedFiles {
	const known = new Map<string, Buffer>();
	return async (wanted, download) => {
		const missing = () => wanted.filter(({ md5 }) => !known.has(md5));
		const take = async (from: (file: string) => string) => {
			for (const { file, md5 } of missing()) {
				const bytes = await bytesOf(from(file));
				if (bytes && createHash('md5').update(bytes).digest('hex') === md5) known.set(md5, bytes);
			}
		};
		for (const ending of ['dpkg-dist', 'dpkg-new', 'ucf-dist'])
			await take((file) => path.join(parts.root, `${file}.${ending}`));
		for (const name of new Set(missing().map((one) => one.package))) {
			await fromPackage(parts, name, take, () => missing().some((one) => one.package === name), download);
		}
		return new Map(
			wanted.flatMap(({ file, md5 }) => (known.has(md5) ? [[file, known.get(md5) as Buffer]] : [])),
		);
	};
}

async function bytesOf(file: string): Promise<Buffer | null> {
	try {
		return await readFile(file);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
		throw error;
	}
}

async function fromPackage(
	parts: PackagedParts,
	name: string,
	take: (from: (file: string) => string) => Promise<void>,
	missing: () => boolean,
	download: boolean,
): Promise<void> {
	const { run, state, archives, network, onFailure } = parts;
	// it becomes an argument of programs that root runs
	if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return;
	const scratch = await mkdtemp(path.join(state, 'package-'));
	try {
		const version = await installedVersion(run, name);
		const kept = path.join(archives, `${name}_${version.replaceAll(':', '%3a')}_`);
		const cached = ['all', 'amd64'].map((machine) => `${kept}${machine}.deb`).find(existsSync);
		if (cached !== undefined) await unpack(parts, cached, scratch, take);
		if (!missing() || !network || !download) return;
		await must(
			run,
			'systemd-run',
			[
				'--quiet',
				'--wait',
				'--collect',
				'--pipe',
				`--property=RuntimeMaxSec=${timeoutsMs.download / 1000}`,
				`--working-directory=${scratch}`,
				'apt-get',
				'--quiet',
				'--option=APT::Sandbox::User=root',
				'download',
				`${name}=${version}`,
			],
			timeoutsMs.download + timeoutsMs.query,
		);
		const [deb] = (await readdir(scratch)).filter((file) => file.endsWith('.deb'));
		if (deb !== undefined) await unpack(parts, path.join(scratch, deb), scratch, take);
	} catch (error) {
		onFailure(
			`the files of package ${name} could not be had: ${error instanceof Error ? error.message : error}`,
		);
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

async function installedVersion(run: RunCommand, name: string): Promise<string> {
	const args = ['--show', '--showformat', `\${Version}`, name];
	const version = (await must(run, 'dpkg-query', args, timeoutsMs.query)).trim();
	if (!/^[A-Za-z0-9.+:~-]+$/.test(version)) throw new Error(`odd version '${version}'`);
	return version;
}

async function unpack(
	{ run, root }: PackagedParts,
	deb: string,
	scratch: string,
	take: (from: (file: string) => string) => Promise<void>,
): Promise<void> {
	const target = path.join(scratch, 'unpacked');
	await must(run, 'dpkg-deb', ['--extract', deb, target], timeoutsMs.unpack);
	await take((file) => path.join(target, root, file));
}

async function must(run: RunCommand, program: string, args: string[], timeout: number): Promise<string> {
	const { exit, stdout, stderr } = await run(program, args, { timeout });
	if (exit !== 0) throw new Error(`${program}: ${stderr.trim().split('\n').at(-1) || `exit ${exit}`}`);
	return stdout;
}
