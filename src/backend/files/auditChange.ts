import type { Log } from '../kit/journalLog.ts';
import type { ChangeRecord } from './ChangeRecord.ts';

/** The one line of a change in the journal: who, what, from, to, forced or not, and what became of it. */
export function auditChange(log: Log, record: ChangeRecord, outcome: string): void {
	const values = record.changed
		.map(({ option, from, to }) => `${option}: ${from ?? '-'} -> ${to ?? '-'}`)
		.join('; ');
	log.notice(
		`audit: user=${record.user} change=${record.id} (${record.what}) ${values} ` +
			`files=${record.files.map(({ file }) => file).join(',')} forced=${record.forced ? 'yes' : 'no'} ${outcome}`,
	);
}
