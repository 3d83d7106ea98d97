import type { JailConfig } from '../../config/layers.ts';
import type { Place } from '../../config/placement.ts';
import { relative } from '../kit/relativePath.ts';

/** Why a value cannot be written, e.g. "jail.d/zz.local:4 is read later and wins." */
export function blockedWords(
	jails: JailConfig,
	root: string,
	{ file, line }: Extract<Place, { blockedBy: object }>['blockedBy'],
): string {
	// a faulty file in the way is the target itself
	const fault = jails.problems.find((problem) => problem.file === file)?.message;
	return `${relative(root, file)}:${line} ${fault ? `cannot be read: ${fault}` : 'is read later and wins.'}`;
}
