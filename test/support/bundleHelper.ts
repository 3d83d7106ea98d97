import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundlePython } from '../../build/python/bundlePython.ts';

/** Builds one of the helpers of this folder, so that plain Node can run it; answers the program's path. */
export async function bundleHelper(folder: string, name: 'faultyHelper' | 'nodeHelper'): Promise<string> {
	const program = join(folder, `${name}.mjs`);
	await build({
		entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
		outfile: program,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node18',
		plugins: [bundlePython],
		banner: {
			js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
		},
	});
	return program;
}
