import type { ConfigSource, JailConfig } from '../config/layers.ts';
import type { Message } from '../kit/message.ts';

/** The configuration folder at one moment. */
export interface ConfigSnapshot {
	/** The folder, e.g. /etc/fail2ban. */
	root: string;
	source: ConfigSource;
	jails: JailConfig;
	/** SHA-1 over the names and bytes of every file read. */
	digest: string;
	/** Files that fail2ban cannot read, and why. */
	problems: { file: string; message: Message }[];
}

export interface ConfigFiles {
	/** The current state; the same object as before while no file changed (by stat). */
	snapshot(): ConfigSnapshot;
	/** Reads every byte again, even when stat tells no difference. */
	fresh(): ConfigSnapshot;
	/** Path relative to the folder, for answers and messages. */
	relative(file: string): string;
}
