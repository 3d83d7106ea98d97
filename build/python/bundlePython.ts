import type { Plugin } from 'esbuild';
import { pythonFile, pythonModule } from './pythonModule.ts';

/** For esbuild: the helper, the command, and the programs that tests bundle. */
export const bundlePython: Plugin = {
	name: 'python',
	setup(build) {
		build.onLoad({ filter: pythonFile }, ({ path }) => ({
			contents: pythonModule(path),
			loader: 'js',
			watchFiles: [path],
		}));
	},
};

/** For vitest, which runs our sources as they are. */
export const servePython = {
	name: 'python',
	enforce: 'pre' as const,
	load(id: string): string | undefined {
		const [file = ''] = id.split('?');
		return pythonFile.test(file) ? pythonModule(file) : undefined;
	},
};
