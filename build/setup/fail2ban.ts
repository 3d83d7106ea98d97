import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadPackage } from './aptArchive.ts';
import { cache } from './paths.ts';
import { mustRun, run } from './run.ts';

export type Version = '1.0.2' | '1.1.0';

/** One fail2ban, unpacked from Debian's package into a private folder. */
export interface Release {
	version: Version;
	/** Folder with runnable fail2ban-client, fail2ban-server and fail2ban-regex. */
	bin: string;
	/** The shipped /etc/fail2ban. */
	stock: string;
	/** Folder that holds the Python package fail2ban. */
	lib: string;
}

/** The fail2ban of PVE 8 and of PVE 9. */
const suites: Record<Version, string> = { '1.0.2': 'bookworm', '1.1.0': 'trixie' };
export const versions: readonly Version[] = ['1.0.2', '1.1.0'];

/** Where a release is, whether or not it is there yet. */
export function releaseOf(version: Version): Release {
	const folder = join(cache, 'fail2ban', version);
	return {
		version,
		bin: join(folder, 'bin'),
		stock: join(folder, 'root/etc/fail2ban'),
		lib: join(folder, 'root/usr/lib/python3/dist-packages'),
	};
}

/** Whether setup has unpacked this release. */
export function isUnpacked(version: Version): boolean {
	return existsSync(join(cache, 'fail2ban', version, 'complete'));
}

/** Downloads and unpacks what is missing of both releases; quick when nothing is. */
export async function unpackFail2ban(print: (line: string) => void): Promise<void> {
	for (const version of versions) {
		if (!isUnpacked(version)) {
			print(`fail2ban ${version}: downloading Debian's package (${suites[version]})`);
			await unpack(version);
		}
	}
}

async function unpack(version: Version): Promise<void> {
	const folder = join(cache, 'fail2ban', version);
	const partial = `${folder}.partial`;
	const scratch = `${folder}.apt`;
	await rm(partial, { recursive: true, force: true });
	try {
		const deb = await downloadPackage('fail2ban', suites[version], scratch);
		const found = (await mustRun('dpkg-deb', ['-f', deb, 'Version'])).trim();
		if (!found.startsWith(`${version}-`)) {
			throw new Error(`Debian ${suites[version]} has fail2ban ${found}, expected ${version}.`);
		}
		await mkdir(join(partial, 'bin'), { recursive: true });
		await mustRun('dpkg-deb', ['-x', deb, join(partial, 'root')]);
		await writeWrappers(join(partial, 'bin'));
		await writeCompat(version, join(partial, 'compat'));
		await writeFile(join(partial, 'complete'), `${found}\n`);
		await rm(folder, { recursive: true, force: true });
		await rename(partial, folder);
	} finally {
		await rm(scratch, { recursive: true, force: true });
		await rm(partial, { recursive: true, force: true });
	}
}

/** Each wrapper finds its own release by its own path, so the folder may be moved. */
async function writeWrappers(bin: string): Promise<void> {
	const lines = (start: string) => `#!/bin/sh
# Runs the fail2ban unpacked beside this folder with Debian's own Python.
here="\${0%/*}/.."
PYTHONPATH="$here/root/usr/lib/python3/dist-packages:$here/compat"
export PYTHONPATH
exec /usr/bin/python3 -W ignore ${start}"$@"
`;
	for (const name of ['fail2ban-client', 'fail2ban-server', 'fail2ban-regex']) {
		await writeFile(join(bin, name), lines(`"$here/root/usr/bin/${name}" `));
		await chmod(join(bin, name), 0o755);
	}
	await writeFile(join(bin, 'fail2ban-python'), lines(''));
	await chmod(join(bin, 'fail2ban-python'), 0o755);
}

/**
 * fail2ban 1.0.2 imports three modules that Python 3.12 dropped. Where they are missing, 1.1.0's own copies
 * of two of them are lent to it, and the one class it uses of the third is written here.
 */
async function writeCompat(version: Version, compat: string): Promise<void> {
	await mkdir(compat);
	if (version !== '1.0.2' || (await run('/usr/bin/python3', ['-c', 'import asyncore'])).exit === 0) {
		return;
	}
	for (const name of ['asyncore', 'asynchat']) {
		await writeFile(join(compat, `${name}.py`), lentModule(name));
	}
	await mkdir(join(compat, 'distutils'));
	await writeFile(join(compat, 'distutils/__init__.py'), '');
	await writeFile(join(compat, 'distutils/version.py'), looseVersion);
}

function lentModule(name: string): string {
	return `import os
_path = os.path.join(os.path.dirname(__file__), '../../1.1.0/root/usr/lib/python3/dist-packages/fail2ban/compat/${name}.py')
with open(_path) as _file:
	exec(compile(_file.read(), _path, 'exec'))
`;
}

const looseVersion = `import re

class LooseVersion:
	def __init__(self, text):
		self.version = [int(part) for part in re.findall(r'\\d+', text)]

	def __lt__(self, other):
		return self.version < LooseVersion(str(other)).version if isinstance(other, str) else self.version < other.version

	def __ge__(self, other):
		return not self < other
`;
