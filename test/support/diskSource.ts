import { readdirSync, readFileSync } from 'node:fs';
import { decodeConfig } from '../../src/backend/config/decode.ts';
import type { ConfigSource } from '../../src/backend/config/layers.ts';

function ifPresent<T>(action: () => T): T | undefined {
	try {
		return action();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
		throw error;
	}
}

/** Files as they stand on disk. */
export const diskSource: ConfigSource = {
	read(path) {
		const bytes = ifPresent(() => readFileSync(path));
		return bytes && decodeConfig(bytes, path);
	},
	list: (folder) => ifPresent(() => readdirSync(folder)) ?? [],
};
