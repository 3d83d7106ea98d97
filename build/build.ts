import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { endpoints } from '../src/contract/index.ts';
import { apiDocs } from './apiDocs.ts';
import { apiJson } from './apiJson.ts';
import { leaveOutTables } from './leaveOut.ts';
import { buildUi } from './ui.ts';

function inRoot(path: string): string {
	return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** The helper as one file for the oldest Node that we support; not minified, so that its traces can be read. */
async function buildHelper(version: string): Promise<void> {
	await build({
		entryPoints: [inRoot('src/backend/main.ts')],
		outfile: inRoot('dist/helper.cjs'),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node18',
		treeShaking: true,
		plugins: [leaveOutTables],
		define: { PLUGIN_VERSION: JSON.stringify(version) },
		legalComments: 'none',
		logLevel: 'warning',
	});
}

const { version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8')) as { version: string };
await mkdir(inRoot('dist'), { recursive: true });
await Promise.all([
	buildHelper(version),
	buildUi({ outfile: inRoot('dist/pve-fail2ban.js'), minify: true }),
	writeFile(inRoot('dist/api.json'), `${JSON.stringify(apiJson(endpoints), null, '\t')}\n`),
	writeFile(inRoot('docs/api.md'), apiDocs(endpoints)),
]);
