import { msg, TextError } from '../kit/message.ts';
/** A process with a terminal of its own, the leader of its session and process group. */
export interface RunProcess {
	pid: number;
	/** Text as it comes, with the terminal's line ends. */
	onOutput(listener: (text: string) => void): void;
	/** Called once, behind the last output. */
	onExit(listener: (end: { exit: number; signal: number | null }) => void): void;
	/** Hangs up: the kernel then signals what still uses the terminal. */
	close(): void;
}

/** Starts a program on a terminal. The seam that tests replace. */
export type StartProcess = (program: string, args: readonly string[]) => RunProcess;

/** Loads what starts programs on a terminal. @throws NoTerminalError */
export type LoadTerminal = () => Promise<StartProcess>;

/** The native part of the terminal does not load on this system. */
export class NoTerminalError extends TextError {
	constructor(reason: string) {
		super(msg('There is no terminal on this system: {0}', reason));
		this.name = 'NoTerminalError';
	}
}
