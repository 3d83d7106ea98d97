// Plain JavaScript without dependencies: it runs in an empty clone and brings what TypeScript needs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function packagesOf(lockFile) {
	try {
		return JSON.parse(readFileSync(`${root}/${lockFile}`, 'utf8')).packages;
	} catch (error) {
		if (error.code === 'ENOENT') {
			return {};
		}
		throw error;
	}
}

/** Whether node_modules holds what package-lock.json asks for; optional packages depend on the platform. */
function isInstalled() {
	const installed = packagesOf('node_modules/.package-lock.json');
	return Object.entries(packagesOf('package-lock.json')).every(
		([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
	);
}

/** Runs a TypeScript module of this folder in this process, after `npm ci` if it is needed. */
export async function runTypeScript(module) {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < 20) {
		console.error(`Node 20 or newer is needed, this is ${process.version}.`);
		process.exit(1);
	}
	process.chdir(root);
	if (!isInstalled()) {
		console.log('==> npm ci');
		const { status } = spawnSync('npm', ['ci', '--include=dev'], { stdio: 'inherit' });
		if (status !== 0) {
			process.exit(1);
		}
	}
	// tsx would leave its cache in the folder for temporary files.
	process.env.TSX_DISABLE_CACHE = '1';
	const { register } = await import('tsx/esm/api');
	register();
	await import('./python/register.ts');
	await import(module);
}
