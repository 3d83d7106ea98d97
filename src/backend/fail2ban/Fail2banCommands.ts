import type { DumpCommand } from '../config/dump.ts';

/** fail2ban-client as a process: what reads the configuration. Always argument arrays, bounded in time. */

export interface CommandResult {
	exit: number | null;
	signal: string | null;
	stdout: string;
	stderr: string;
	/** It ran into its time-out and was killed. */
	timedOut: boolean;
}

export interface RunOptions {
	/** Milliseconds; default 20,000. */
	timeout?: number;
	/** Called with each line of standard output and standard error as it comes. */
	onLine?: (line: string) => void;
	signal?: AbortSignal;
	/** What the program reads from its standard input; nothing without. */
	input?: string;
}

/** Starts a program and waits for it. The seam that unit tests replace. */
export type RunCommand = (
	program: string,
	args: readonly string[],
	options?: RunOptions,
) => Promise<CommandResult>;

export type { DumpCommand } from '../config/dump.ts';

export interface Fail2banCommands {
	/** `fail2ban-client -t` on a folder; exit 0 is what it calls a good configuration. */
	test(configDir: string): Promise<CommandResult>;
	/** `fail2ban-client -d` on a folder: the server commands that it comes to. Throws if it prints none. */
	dump(configDir: string): Promise<DumpCommand[]>;
	/** `reload`, `reload J`, `reload --restart J`: arguments behind the word reload. */
	reload(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
	/** systemctl on a node, fail2ban-client on a private folder. */
	start(options?: RunOptions): Promise<CommandResult>;
	stop(options?: RunOptions): Promise<CommandResult>;
	restart(options?: RunOptions): Promise<CommandResult>;
}
