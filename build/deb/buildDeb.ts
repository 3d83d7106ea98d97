import { readdirSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cache, root } from '../setup/paths.ts';
import { mustRun } from '../setup/run.ts';
import { copyrightText } from './copyright.ts';

/** Bytes; more is an error. */
const sizeLimit = 2 * 1024 * 1024;

/** The native part of the terminal, which the helper looks for among the modules beside it. */
const terminal = `node_modules/@lydell/node-pty-linux-${process.arch}/pty.node`;

const catalogues = readdirSync(join(root, 'po'))
	.filter((name) => name.endsWith('.po'))
	.map((name) => `dist/pve-fail2ban-i18n-${name.slice(0, -'.po'.length)}.js`);

/** What debian/install, debian/rules and debian/docs name, beside debian/ itself. */
const contents = [
	'dist/helper.cjs',
	'dist/pve-fail2ban.cjs',
	'dist/api.json',
	'dist/pve-fail2ban.js',
	'dist/pve-fail2ban-windows.js',
	'dist/pve-fail2ban-help.html',
	...catalogues,
	terminal,
	'src/perl/PVE',
	'etc',
	'docs',
];

/**
 * Builds dist/pve-fail2ban_VERSION_ARCHITECTURE.deb and answers its path. The same sources give the same bytes:
 * Debian's tools take all times from debian/changelog.
 */
export async function buildDeb(print: (line: string) => void): Promise<string> {
	const version = await agreedVersion();
	print('building helper, interface and api.json');
	await mustRun(process.execPath, ['--import', 'tsx', 'build/build.ts'], { cwd: root });
	// dpkg-buildpackage writes into debian/ and beside the source, so it gets a copy.
	const work = join(cache, 'deb');
	const source = join(work, `pve-fail2ban-${version}`);
	await rm(work, { recursive: true, force: true });
	await stageSource(source);
	print('building the Debian package');
	// setup has brought debhelper; the check would ask for a compiler too, and there is nothing to compile
	await mustRun('dpkg-buildpackage', ['--build=binary', '--no-sign', '--no-check-builddeps'], {
		cwd: source,
		env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
	});
	const name = `pve-fail2ban_${version}_${await architecture()}.deb`;
	const { size } = await stat(join(work, name));
	if (size > sizeLimit) throw new Error(`${name} has ${size} bytes; ${sizeLimit} are allowed.`);
	const deb = join(root, 'dist', name);
	await copyFile(join(work, name), deb);
	await rm(work, { recursive: true });
	print(`dist/${name}: ${Math.round(size / 1024)} KiB`);
	return deb;
}

/** As Debian calls this machine's; npm has brought the native part for it. */
export async function architecture(): Promise<string> {
	return (await mustRun('dpkg', ['--print-architecture'])).trim();
}

/** package.json and debian/changelog both name the version. */
async function agreedVersion(): Promise<string> {
	const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
	const field = ['-l', join(root, 'debian/changelog'), '--show-field', 'Version'];
	const packaged = (await mustRun('dpkg-parsechangelog', field)).trim();
	if (packaged !== version)
		throw new Error(`package.json says ${version}, debian/changelog says ${packaged}: make them agree.`);
	return version;
}

async function stageSource(source: string): Promise<void> {
	await cp(join(root, 'debian'), join(source, 'debian'), { recursive: true });
	for (const path of contents) {
		await mkdir(dirname(join(source, path)), { recursive: true });
		await cp(join(root, path), join(source, path), { recursive: true });
	}
	await onlyModules(join(source, 'src/perl/PVE'));
	await writeFile(join(source, 'debian/copyright'), await copyrightText());
	// The files of a clone have the modes of its owner's umask.
	await mustRun('chmod', ['-R', 'u=rwX,go=rX', source]);
}

/** What an editor left beside the modules is not installed. */
async function onlyModules(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
		if (entry.isFile() && !entry.name.endsWith('.pm')) await rm(join(entry.parentPath, entry.name));
	}
}
