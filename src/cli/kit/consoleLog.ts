import type { Log } from '../../backend/kit/journalLog.ts';
import { type Console, printable } from './Console.ts';

/** What the shared parts would write to the journal is for the admin at the console here, who needs no prefix to search for. */
export function consoleLog(console: Console): Log {
	const err = (text: string) => console.err(printable(text));
	const out = (text: string) => console.out(printable(text));
	return { error: err, warning: err, notice: (text) => out(text.replace(/^audit: /, '')), info: out };
}
