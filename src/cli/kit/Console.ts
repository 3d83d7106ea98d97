/** Where a command says what it does; one line a call. */
export interface Console {
	out(line: string): void;
	/** Errors and what went wrong. */
	err(line: string): void;
}

/** Names and log lines of others are not to move the cursor or to forge a line. */
export function printable(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

/** 0 done; 1 failed or an error was found; 2 wrong usage; 3 the helper or fail2ban cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A command that cannot be carried out: one line on what failed, and perhaps one on what to do. */
export class CommandFailure extends Error {
	constructor(
		readonly exit: ExitCode,
		message: string,
		readonly advice?: string,
	) {
		super(message);
		this.name = 'CommandFailure';
	}
}
