import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { sha1 } from '../../kit/sha1.ts';
import { relative } from './relativePath.ts';

/** Over the names and texts of files of the configuration, for what an editor of them must have seen. */
export function filesDigest({ source, root }: ConfigSnapshot, files: Iterable<string>): string {
	return sha1(
		JSON.stringify([...new Set(files)].map((file) => [relative(root, file), source.read(file) ?? ''])),
	);
}
