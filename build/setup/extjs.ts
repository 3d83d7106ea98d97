import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cache } from './paths.ts';
import { mustRun } from './run.ts';

/** The last ExtJS 6 that is published under the GPL; PVE itself ships 7.0, which no registry has. */
const name = 'extjs-gpl';
const version = '6.2.0';
const sha512 = 'A/l4PKXE89dojDoWkNKqr+2jryF9jX3KuuaXb3NWEKYAKipNyP4CZyVGj7HBJIZF9h/ioxaBm3YJdCklo+XDpQ==';

/** 8 MB of the 490 MB that the package unpacks to. */
const needed = [
	'LICENSE',
	'build/ext-all.js',
	'build/classic/theme-crisp/theme-crisp.js',
	'build/classic/theme-crisp/resources',
	'build/packages/charts/classic/charts.js',
	'build/packages/charts/classic/crisp/resources',
];

/** Holds `build/ext-all.js`, the theme and the charts once fetchExtjs is through. */
export const extjsFolder = join(cache, 'extjs', version);

/** Downloads, verifies and unpacks ExtJS (a tarball of 120 MB, once); quick when it is there. */
export async function fetchExtjs(print: (line: string) => void): Promise<void> {
	if (existsSync(join(extjsFolder, 'complete'))) {
		return;
	}
	print(`ExtJS ${version} GPL: downloading ${name} from npm (120 MB, once)`);
	const partial = `${extjsFolder}.partial`;
	await rm(partial, { recursive: true, force: true });
	await mkdir(partial, { recursive: true });
	try {
		// A cache of its own: npm would keep the 120 MB in the user's for good.
		const npmCache = join(partial, 'npm-cache');
		const pack = [
			'pack',
			`${name}@${version}`,
			'--silent',
			'--cache',
			npmCache,
			'--pack-destination',
			partial,
		];
		await mustRun('npm', pack);
		const [file] = (await readdir(partial)).filter((each) => each.endsWith('.tgz'));
		if (file === undefined) {
			throw new Error(`npm pack ${name}@${version} left no tarball.`);
		}
		const tarball = join(partial, file);
		await verify(tarball);
		const members = needed.map((path) => `package/${path}`);
		await mustRun('tar', ['-xzf', tarball, '-C', partial, '--strip-components=1', ...members]);
		await rm(tarball);
		await rm(npmCache, { recursive: true });
		await writeFile(join(partial, 'complete'), `${sha512}\n`);
		await rm(extjsFolder, { recursive: true, force: true });
		await rename(partial, extjsFolder);
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
}

async function verify(tarball: string): Promise<void> {
	const hash = createHash('sha512');
	await pipeline(createReadStream(tarball), hash);
	const found = hash.digest('base64');
	if (found !== sha512) {
		throw new Error(`${name}@${version}: the tarball's SHA-512 is ${found}, expected ${sha512}.`);
	}
}
