import { awaitsConfirmation, type LostRecord, type Recovery } from './ChangeRecord.ts';

/**
 * What became of a change that was cut short or waited, as one line for the log.
 * @param merged files out of which just the change was taken
 */
export function recoveryText(
	{ record, restored, foreign, damaged }: Recovery,
	merged: readonly string[],
): string {
	const why = awaitsConfirmation(record) ? 'was not confirmed yet' : 'was cut short';
	const theirs = foreign.filter((file) => !merged.includes(file));
	const left = [
		...(merged.length > 0 ? [`other edits of ${merged.join(', ')} were kept`] : []),
		...(theirs.length > 0 ? [`left ${theirs.join(', ')}, which was changed by hand meanwhile`] : []),
		...(damaged.length > 0 ? [`left ${damaged.join(', ')}, whose saved copy is damaged`] : []),
	];
	return [
		`change ${record.id} (${record.what}) by ${record.user} ${why} and is undone: ` +
			`restored ${[...restored, ...merged].join(', ') || 'nothing'}`,
		...left,
	].join('; ');
}

/** The same when nobody knows what the change was. */
export function lostText({ id, reason }: LostRecord): string {
	return (
		`change ${id} was cut short and cannot be undone: ${reason}. ` +
		'Look through the newest .local files; each holds either its old or its new text as a whole.'
	);
}
