import { unifiedDiff } from '../../config/unifiedDiff.ts';
import type { PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { maskSecrets } from '../kit/secrets.ts';

export interface FileDiff {
	file: string;
	state: 'created' | 'changed' | 'unchanged';
	diff: string;
}

/**
 * What a change makes of each file. A caller who may not read the files sees the lines that are added or removed, and
 * section headers: the lines around them were never asked for and may hold secrets.
 * @param about files that are shown though nothing changes in them
 */
export function fileDiffs(
	{ source, root }: ConfigSnapshot,
	planned: PlannedChange,
	about: readonly string[],
	mayRead: boolean,
): FileDiff[] {
	const changed = planned.edits.map(({ file, text }): FileDiff => {
		const before = source.read(`${root}/${file}`) ?? null;
		const diff = unifiedDiff(file, before, text);
		return {
			file,
			state: before === null ? 'created' : 'changed',
			diff: mayRead ? diff : withoutContext(diff),
		};
	});
	const same = about
		.filter((file) => !changed.some((one) => one.file === file))
		.filter((file) => source.read(`${root}/${file}`) !== undefined)
		.map((file): FileDiff => ({ file, state: 'unchanged', diff: '' }));
	return [...changed, ...same].sort((one, other) => (one.file < other.file ? -1 : 1));
}

/**
 * One line stands for one line, so that the numbers of the hunks hold. Of a line that changes, arguments such as a token
 * are hidden, and the remark behind a value that goes.
 */
export function withoutContext(diff: string): string {
	const context = diff.replace(/^ (?!\[[^\]\n]*\][ \t]*$).*$/gm, ' ...');
	return context
		.replace(/^(-.*?\s;).*$/gm, '$1 ...')
		.replace(/^([-+][ \t]*)([\w.-]+)([ \t]*[=:])(.*)$/gm, (_, sign, option, equals, value) =>
			[sign, option, equals, maskSecrets(option, value)].join(''),
		)
		.replace(/^[-+][ \t]+.*$/gm, (line) => maskSecrets('', line));
}
