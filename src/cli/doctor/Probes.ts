import type { ServerState } from '../../backend/files/ServerSync.ts';
import type { Status } from '../../contract/types.ts';

/** What a file was found to be. */
export type FileState = 'readable' | 'missing' | 'damaged';

export type HelperState =
	| { reached: true; status: Status }
	/** `code` is the system's word, e.g. ENOENT. */
	| { reached: false; reason: string };

export type PageState =
	| { served: true; hasScript: boolean }
	/** pveproxy does not answer on its port. */
	| { served: false; reason: string };

type MountState =
	| 'mounted'
	/** There is no pvesh: this is no Proxmox VE. */
	| 'no-pvesh'
	/** The path is not there. */
	| { missing: string }
	/** It is there, and the call failed. */
	| { failed: string };

/** Looks at one thing each; none changes anything. What they find is judged by `checks`. */
export interface Probes {
	/** What systemd says of fail2ban.service, e.g. active; null: there is no systemd to ask. */
	service(): Promise<string | null>;
	/** Whether fail2ban answers on its socket. */
	server(): Promise<ServerState>;
	serverSocket: string;
	fail2banVersion(): Promise<string | null>;
	helper(): Promise<HelperState>;
	helperSocket: string;
	apiDefinitions(): Promise<FileState>;
	panel(): Promise<FileState>;
	mount(): Promise<MountState>;
	page(): Promise<PageState>;
	/** Why the journal cannot be read; null: it can. */
	journal(): Promise<string | null>;
	isInProgress(): boolean;
	nodeVersion: string;
	pluginVersion: string;
}
