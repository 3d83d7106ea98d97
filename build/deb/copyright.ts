import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../setup/paths.ts';

interface LockedPackage {
	version: string;
	license?: string;
	dev?: boolean;
	optional?: boolean;
}

const line = '-'.repeat(78);

/** The package's copyright file: our license, then those of all that is bundled into the programs. */
export async function copyrightText(): Promise<string> {
	const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
		packages: Record<string, LockedPackage>;
	};
	// the native parts of node-pty, one for each platform, come under its own license
	const bundled = Object.entries(lock.packages).filter(
		([path, { dev, optional }]) => path !== '' && !dev && !optional,
	);
	const parts = await Promise.all(bundled.map(([path, about]) => notice(path, about)));
	return [
		'pve-fail2ban: Fail2ban in the Proxmox VE web interface',
		'Copyright (C) 2026 the authors of pve-fail2ban',
		`This program is free software under the GNU Affero General Public License, version 3
of the License or (at your option) any later version. The license follows; after
it come the licenses of the npm packages that /usr/libexec/pve-fail2ban/helper.cjs
and /usr/bin/pve-fail2ban may contain.`,
		line,
		(await readFile(join(root, 'LICENSE'), 'utf8')).trim(),
		...parts,
		'',
	].join('\n\n');
}

async function notice(path: string, { version, license }: LockedPackage): Promise<string> {
	const folder = join(root, path);
	const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
	if (file === undefined)
		throw new Error(`${path} has no license file; say in the copyright file what applies.`);
	const name = path.replace(/^.*node_modules\//, '');
	const text = (await readFile(join(folder, file), 'utf8')).trim();
	return `${line}\n\n${name} ${version} (${license ?? 'see below'})\n\n${text}`;
}
