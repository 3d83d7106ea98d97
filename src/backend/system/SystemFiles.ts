/** Content of a small file; null if it cannot be read. */
export type ReadText = (path: string) => string | null;

/** The node's own files, read only; the seam that tests replace. */
export interface SystemFiles {
	readText: ReadText;
	/** Names in a folder; empty where there is none. */
	list(folder: string): string[];
	/** When a file or folder changed last (Unix milliseconds); null: there is none. */
	timeOf(file: string): number | null;
	/** Whether a log that fail2ban is told to read is there. */
	isLog(file: string): boolean;
	/** Networks of the interfaces that are up. */
	networks(): { name: string; cidr: string }[];
	/** Where the system logger writes: /var/log. */
	logFolder: string;
	/** fail2ban's backend for the node's journal: `systemd`, on a private folder with a place of its own. */
	journalBackend: string;
}
