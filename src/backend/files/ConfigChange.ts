import type { FilterExpressions } from '../config/filterDefinition.ts';
import type { Caller, Task } from '../kit/caller.ts';
import type { Message, Told } from '../kit/message.ts';
import type { ConfigSnapshot } from './ConfigFiles.ts';

/** New content of one file below the configuration folder; null deletes it. */
export interface FileEdit {
	/** Relative, e.g. jail.d/sshd.local; never a .conf, but see `conf`. */
	file: string;
	text: string | null;
	/** The text stands for the whole file, also where fail2ban cannot read the present one. */
	whole?: true;
	/** The file is a filter's .conf: a copy made by hand that root@pam asks to remove, or the package's own text. */
	conf?: true;
}

/** What a change comes to, computed under the lock from the files as they are then. */
export interface PlannedChange {
	edits: FileEdit[];
	/**
	 * Effective values after the change; jail null is [DEFAULT]. value null: the jail no longer has it.
	 * server: an option of the server itself, of no jail.
	 */
	expected: { jail: string | null; option: string; value: string | null; server?: true }[];
	/** What changed, for the answer and the audit line. */
	changed: { option: string; from: string | null; to: string | null }[];
	/** Filters to compile though no jail may use them, with their default parameters. */
	expressions?: (FilterExpressions & { name: string })[];
	/** Jails that shall no longer run after it. */
	stops?: string[];
	/**
	 * An earlier state is brought back, which may be one that fail2ban refuses to start with: whether that is asked about
	 * first (409 `refuses-start`) or done, and then the jails that have no log stop.
	 */
	restoreFaulty?: 'ask' | 'do';
	/** Jails that the change is about: they are started if they are enabled and do not run. */
	starts?: string[];
}

export interface ChangeRequest {
	caller: Caller;
	/** One line, e.g. "jail sshd: bantime". Goes into the audit line and into a second writer's 409. */
	what: string | Message;
	digest?: string | undefined;
	forced: boolean;
	/** The address of the caller's browser, as it found out itself; a hint for the lockout guard. */
	client?: string | undefined;
	/**
	 * `if-not-ignored`: the change is provisional unless each jail that it changes ignores the caller's address. Without
	 * it the lockout guard decides by what the change bans.
	 */
	provisional?: 'if-not-ignored';
	/** The change that this one takes back. */
	reverts?: string;
	/** Throws ApiError for what the files do not allow. No edits: nothing is done. */
	plan(snapshot: ConfigSnapshot): PlannedChange;
	/** Makes the change a task however short it is; called with what was done, and the task's log goes on. */
	afterwards?(done: ChangeDone, line: (text: string) => void): Promise<void>;
}

export interface ChangeDone {
	id: string;
	files: string[];
	changed: PlannedChange['changed'];
	/** Written, but fail2ban does not run. */
	pending: boolean;
	digest: string;
	/** It is undone unless it is confirmed within this time (seconds); null: it stands. */
	provisional: Told<{ id: string; seconds: number; reason: Message }> | null;
}

export interface ConfigChanges {
	/**
	 * One transaction (see docs/architecture.md). Answers a task when a jail must restart, because its
	 * bans are then lifted and set again one by one. Throws ApiError: 409 busy or digest-mismatch, 400 for a
	 * value that makes the configuration worse, 504 when fail2ban does not answer, 500 tx-failed.
	 */
	change(request: ChangeRequest): Promise<{ data: ChangeDone } | { task: Task }>;
}
