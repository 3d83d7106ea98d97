import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import express, { type Express } from 'express';
import { extjsFolder } from '../../../build/setup/extjs.ts';
import { root } from '../../../build/setup/paths.ts';
import { nodeName } from './pveApi.ts';

const pageFolder = join(root, 'test/host/page');

/**
 * The scripts of the page in one file. Sloppy, as the plugin's bundle: ExtJS finds the parent method
 * through Function.caller, which strict code does not have.
 */
async function bundle(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [join(pageFolder, 'main.ts')],
		bundle: true,
		write: false,
		format: 'iife',
		target: 'es2020',
		tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
	});
	return outputFiles[0]?.text ?? '';
}

/** The language of the page as PVE chooses it: by the cookie, if it knows that language. */
function languageOf(cookies = ''): string | undefined {
	const [, language] = /(?:^|\s)PVELangCookie=([a-z]{2,3}(?:_[A-Z]{2,3})?)(?:;|$)/.exec(cookies) ?? [];
	return language;
}

function hashOf(file: string): string {
	return createHash('sha1').update(readFileSync(file)).digest('hex').slice(0, 8);
}

function index(plugin: string, language: string | undefined): string {
	// as src/perl/PVE/Fail2ban/Mount.pm adds them
	const catalogue = plugin.replace(/\.js$/, `-i18n-${language}.js`);
	const ours = [...(language !== undefined && existsSync(catalogue) ? [catalogue] : []), plugin];
	const style = (href: string) => `<link rel="stylesheet" type="text/css" href="${href}">`;
	const script = (src: string) => `<script src="${src}"></script>`;
	return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>${nodeName} - stand-in for Proxmox VE</title>
<link rel="icon" href="data:,">
${style('/extjs/classic/theme-crisp/resources/theme-crisp-all.css')}
${style('/extjs/packages/charts/classic/crisp/resources/charts-all.css')}
${style('/font-awesome/css/font-awesome.css')}
${style('/host/host.css')}
<script>document.documentElement.classList.toggle('host-dark',
	/PVEThemeCookie=proxmox-dark/.test(document.cookie) ||
	(!/PVEThemeCookie=/.test(document.cookie) && matchMedia('(prefers-color-scheme: dark)').matches));</script>
${script('/extjs/ext-all.js')}
${script('/extjs/classic/theme-crisp/theme-crisp.js')}
${script('/extjs/packages/charts/classic/charts.js')}
${script('/host/host.js')}
${ours.map((file) => script(`/pve2/js/${basename(file)}?ver=${hashOf(file)}`)).join('\n')}
</head>
<body></body>
</html>
`;
}

/** Mounts the page, ExtJS, the icons and the plugin's bundle, which is read anew for each page. */
export async function mountPage(app: Express, plugin: string): Promise<void> {
	const code = await bundle();
	app.get('/', (request, response) => {
		const page = index(plugin, languageOf(request.headers.cookie));
		response.set('cache-control', 'no-store').type('html').send(page);
	});
	app.get('/host/host.js', (_request, response) => {
		response.type('js').send(code);
	});
	app.get('/host/host.css', (_request, response) => {
		response.sendFile(join(pageFolder, 'host.css'));
	});
	app.get('/pve2/js/pve-fail2ban.js', (_request, response) => {
		response.type('js').send(readFileSync(plugin));
	});
	app.get(/^\/pve2\/js\/(pve-fail2ban-(?:windows|i18n-[a-zA-Z_]+)\.js)$/, (request, response) => {
		response.type('js').send(readFileSync(join(dirname(plugin), request.params[0] ?? '')));
	});
	app.get('/pve2/js/pve-fail2ban-help.html', (_request, response) => {
		response.type('html').send(readFileSync(join(dirname(plugin), 'pve-fail2ban-help.html')));
	});
	// The repository lies below a folder with a leading dot in some checkouts, and .cache always does.
	app.use('/extjs', express.static(join(extjsFolder, 'build'), { dotfiles: 'allow' }));
	app.use('/font-awesome', express.static(join(root, 'node_modules/font-awesome')));
}
