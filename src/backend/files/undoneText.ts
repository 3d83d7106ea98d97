import type { UndoneChange } from './undoLast.ts';

/**
 * What became of a change that was not kept, as one line for the log.
 * @param merged files out of which just the change was taken
 * @param lifted bans made since
 */
export function undoneText(undone: UndoneChange, merged: readonly string[], lifted: number): string {
	const { restored, foreign, damaged, missing } = undone;
	const left = foreign.filter((file) => !merged.includes(file));
	return [
		`restored ${[...restored, ...merged].join(', ') || 'nothing'}`,
		...(merged.length > 0 ? [`other edits of ${merged.join(', ')} were kept`] : []),
		...(left.length > 0 ? [`left ${left.join(', ')}, which was changed by hand meanwhile`] : []),
		...(damaged.length > 0 ? [`left ${damaged.join(', ')}, whose saved copy is damaged`] : []),
		...(missing !== null && missing.length > 0 ? [`${missing.join(', ')} are not running as before`] : []),
		`${lifted} ${lifted === 1 ? 'ban' : 'bans'} lifted`,
	].join('; ');
}
