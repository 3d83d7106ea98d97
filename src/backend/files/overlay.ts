import path from 'node:path';
import type { ConfigSource } from '../config/layers.ts';
import type { FileEdit } from './ConfigChange.ts';

/** The folder as it would be with the edits made. */
export function overlay(source: ConfigSource, root: string, edits: readonly FileEdit[]): ConfigSource {
	const changed = new Map(edits.map(({ file, text }) => [path.join(root, file), text]));
	return {
		read: (file) => (changed.has(file) ? (changed.get(file) ?? undefined) : source.read(file)),
		list(folder) {
			const names = new Set(source.list(folder));
			for (const [file, text] of changed) {
				if (path.dirname(file) !== folder) continue;
				if (text === null) names.delete(path.basename(file));
				else names.add(path.basename(file));
			}
			return [...names].sort();
		},
	};
}
