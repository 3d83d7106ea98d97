import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { pythonFile, pythonModule } from './pythonModule.ts';

/** For Node itself, as a hook. */
export const load: LoadHook = (url, context, next) => {
	if (!url.startsWith('file:') || !pythonFile.test(url)) return next(url, context);
	return { format: 'module', source: pythonModule(fileURLToPath(url)), shortCircuit: true };
};
