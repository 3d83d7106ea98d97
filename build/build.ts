import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { endpoints } from '../src/contract/index.ts';
import { apiDocs } from './apiDocs.ts';
import { apiJson } from './apiJson.ts';
import { helpHtml } from './help.ts';
import { catalogueScripts, updateTexts } from './i18n/texts.ts';
import { biomeLayers } from './layers.ts';
import { leaveOutParts } from './leaveOut.ts';
import { bundlePython } from './python/bundlePython.ts';
import { replaceOutput } from './replaceOutput.ts';
import { buildUi } from './ui.ts';

function inRoot(path: string): string {
	return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** One file for the oldest Node that we support; not minified, so that its traces can be read. */
async function buildProgram(entry: string, outfile: string, version: string, banner = ''): Promise<void> {
	const { outputFiles } = await build({
		entryPoints: [inRoot(entry)],
		write: false,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node18',
		treeShaking: true,
		plugins: [leaveOutParts, bundlePython],
		define: { PLUGIN_VERSION: JSON.stringify(version) },
		banner: { js: banner },
		legalComments: 'none',
		logLevel: 'warning',
	});
	for (const { contents } of outputFiles) await replaceOutput(inRoot(outfile), contents);
}

const { version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8')) as { version: string };

/** `npm run check` names what is wrong with the texts; here it stops nothing. */
async function buildCatalogues(): Promise<void> {
	await updateTexts(inRoot(''), false);
	const scripts = await catalogueScripts(inRoot(''));
	const old = (await readdir(inRoot('dist'))).filter((name) => /^pve-fail2ban-i18n-.*\.js$/.test(name));
	for (const name of old.filter((each) => !scripts.has(each))) await rm(inRoot(`dist/${name}`));
	for (const [name, script] of scripts) await replaceOutput(inRoot(`dist/${name}`), script);
}

await mkdir(inRoot('dist'), { recursive: true });
await Promise.all([
	buildProgram('src/backend/main.ts', 'dist/helper.cjs', version),
	buildProgram('src/cli/main.ts', 'dist/pve-fail2ban.cjs', version, '#!/usr/bin/node'),
	buildUi({
		main: inRoot('dist/pve-fail2ban.js'),
		windows: inRoot('dist/pve-fail2ban-windows.js'),
		minify: true,
	}),
	buildCatalogues(),
	replaceOutput(inRoot('dist/api.json'), `${JSON.stringify(apiJson(endpoints), null, '\t')}\n`),
	replaceOutput(inRoot('dist/pve-fail2ban-help.html'), helpHtml(inRoot('docs/guide'))),
	replaceOutput(inRoot('docs/api.md'), apiDocs(endpoints)),
	replaceOutput(inRoot('biome.layers.json'), biomeLayers()),
]);
