import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { replaceOutput } from './replaceOutput.ts';

const entry = fileURLToPath(new URL('../src/ui/main.ts', import.meta.url));

/**
 * Bundles the web interface into one script for PVE's page. The script must stay sloppy, because ExtJS finds the
 * parent of a method through its caller: hence no module format and no strict option for the compiler.
 */
export async function buildUi({ outfile, minify }: { outfile: string; minify: boolean }): Promise<void> {
	const { outputFiles } = await build({
		entryPoints: [entry],
		write: false,
		bundle: true,
		minify,
		format: 'iife',
		target: 'es2017',
		charset: 'utf8',
		legalComments: 'none',
		tsconfigRaw: {},
		logLevel: 'warning',
	});
	for (const { contents } of outputFiles) await replaceOutput(outfile, contents);
}
