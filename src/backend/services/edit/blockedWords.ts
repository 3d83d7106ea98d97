import type { JailConfig } from '../../config/layers.ts';
import type { Place } from '../../config/placement.ts';
import { type Message, msg } from '../../kit/message.ts';
import { relative } from '../kit/relativePath.ts';

/** Why a value cannot be written, e.g. "jail.d/zz.local:4 is read later and overrides it." */
export function blockedWords(
	jails: JailConfig,
	root: string,
	{ file, line }: Extract<Place, { blockedBy: object }>['blockedBy'],
): Message {
	// a faulty file in the way is the target itself
	const fault = jails.problems.find((problem) => problem.file === file)?.message;
	const place = `${relative(root, file)}:${line}`;
	return fault
		? msg('{0} cannot be read: {1}', place, fault)
		: // TRANSLATORS: {0}: file and line
			msg('{0} is read later and overrides it.', place);
}
