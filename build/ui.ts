import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { replaceOutput } from './replaceOutput.ts';

const source = fileURLToPath(new URL('../src/ui', import.meta.url));
const mainEntry = join(source, 'main.ts');
const windowsEntry = join(source, 'windows.ts');
const sharedModule = join(source, 'kit/shared.ts');

interface BundleOptions {
	minify: boolean;
	plugins?: Plugin[];
	version?: string;
}

/**
 * Bundles one script for PVE's page. It must stay sloppy, because ExtJS finds the parent of a method through its
 * caller: hence no module format and no strict option for the compiler.
 */
async function bundle(entry: string, { minify, plugins = [], version = '' }: BundleOptions) {
	const { outputFiles, metafile } = await build({
		entryPoints: [entry],
		outfile: 'out.js',
		write: false,
		metafile: true,
		bundle: true,
		minify,
		plugins,
		// every gettext of ours asks our catalogue, too
		inject: [join(source, 'kit/gettext.ts')],
		format: 'iife',
		target: 'es2017',
		charset: 'utf8',
		legalComments: 'none',
		define: { WINDOWS_VERSION: JSON.stringify(version) },
		tsconfigRaw: {},
		logLevel: 'warning',
	});
	const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
	return { contents: outputFiles[0]?.contents ?? new Uint8Array(), inputs: new Set(inputs) };
}

/** The main script hands these modules on to the other one. */
function handOn(modules: readonly string[]): Plugin {
	return {
		name: 'hand on',
		setup({ onLoad }) {
			onLoad({ filter: /[\\/]kit[\\/]shared\.ts$/ }, () => ({
				contents: [
					...modules.map((file, index) => `import * as m${index} from ${JSON.stringify(file)};`),
					`export const shared = [${modules.map((_, index) => `m${index}`).join()}];`,
				].join('\n'),
				resolveDir: join(source, 'kit'),
				loader: 'js',
			}));
		},
	};
}

/** The other script takes them from the page. */
function takeOver(modules: readonly string[]): Plugin {
	return {
		name: 'take over',
		setup({ onResolve, onLoad }) {
			onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
				const file = join(resolveDir, path);
				return modules.includes(file) ? { path: file, namespace: 'page' } : undefined;
			});
			// of no package, or it would be taken for an ECMAScript module, which has no module.exports
			onLoad({ filter: /.*/, namespace: 'page' }, ({ path }) => ({
				contents: `module.exports = PVEFail2ban.shared[${modules.indexOf(path)}];`,
				loader: 'js',
			}));
		},
	};
}

/**
 * Makes the two scripts of the web interface: the cards, which each page loads, and the large windows, which it loads
 * when one is opened. A module that both use is in the first one only.
 */
export async function buildUi(options: { main: string; windows: string; minify: boolean }): Promise<void> {
	const { minify } = options;
	const [main, windows] = await Promise.all([
		bundle(mainEntry, { minify }),
		bundle(windowsEntry, { minify }),
	]);
	const modules = [...main.inputs]
		.filter((file) => windows.inputs.has(file))
		.map((file) => join(process.cwd(), file))
		.filter((file) => file !== sharedModule && !relative(source, file).startsWith('..'))
		.sort();
	const second = await bundle(windowsEntry, { minify, plugins: [takeOver(modules)] });
	const version = createHash('sha1').update(second.contents).digest('hex').slice(0, 8);
	const first = await bundle(mainEntry, { minify, plugins: [handOn(modules)], version });
	await replaceOutput(options.windows, second.contents);
	await replaceOutput(options.main, first.contents);
}
