import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildDeb } from '../../build/deb/buildDeb.ts';
import { root } from '../../build/setup/paths.ts';
import { installSystemPackages } from '../../build/setup/systemPackages.ts';
import { type Measurement, toward, unmeasured } from './figures.ts';

const kilobyte = 1024;

async function packed(name: string): Promise<number> {
	return gzipSync(await readFile(join(root, 'dist', name))).length / kilobyte;
}

async function packageSize(): Promise<Measurement> {
	const quiet = () => {};
	try {
		await installSystemPackages('package', quiet);
	} catch (error) {
		return unmeasured('deb', (error as Error).message);
	}
	const { size } = await stat(await buildDeb(quiet));
	return toward('deb', size / kilobyte);
}

/** What the build made. */
export async function measureSizes(): Promise<Measurement[]> {
	return [
		toward('script', await packed('pve-fail2ban.js')),
		toward('windows', await packed('pve-fail2ban-windows.js')),
		await packageSize(),
	];
}
