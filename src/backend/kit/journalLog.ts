/** Lines to standard error with the journal's priorities, see sd-daemon(3). */
export interface Log {
	error(message: string): void;
	warning(message: string): void;
	/** What was changed, by whom: the audit line. */
	notice(message: string): void;
	info(message: string): void;
}

/** A line break would let a value forge a second line. */
function oneLine(message: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the journal
	return message.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
}

export function createLog(write: (line: string) => void): Log {
	const at = (priority: number) => (message: string) => write(`<${priority}>${oneLine(message)}\n`);
	return { error: at(3), warning: at(4), notice: at(5), info: at(6) };
}
