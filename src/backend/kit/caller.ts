/** Who calls, as the API module told by header; the socket is root's alone. */
export interface Caller {
	/** e.g. `root@pam`, or `root@pam!backup` for an API token. */
	user: string;
	/** Exactly root@pam; an API token is not. */
	root: boolean;
	/** May see log lines: Sys.Syslog on this node, as PVE's own check said. */
	syslog: boolean;
	/** A hint, good for warnings only. */
	clientIp: string | null;
}

/** Work that takes long: its lines go to PVE's task log. It runs on when the caller goes away. */
export interface Task {
	/** `signal` aborts when the caller closed the connection: runs stop, a transaction does not. Throws on failure. */
	run(line: (text: string) => void, signal: AbortSignal): Promise<void>;
}
