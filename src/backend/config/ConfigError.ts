import { type Message, TextError } from '../kit/message.ts';
export type ConfigErrorCode =
	/** The bytes are not UTF-8; fail2ban would skip the whole file. */
	| 'not-utf8'
	/** fail2ban's parser refuses the file (duplicate option, no section header, …). */
	| 'faulty-file'
	/** The value cannot be written into an INI file so that fail2ban reads it back. */
	| 'bad-value'
	| 'bad-option'
	| 'bad-section'
	/** There is no place where the option could be written. */
	| 'no-place';

/** Where the trouble is, as far as known. */
export interface ConfigErrorPlace {
	file?: string;
	/** Counted from 1. */
	line?: number;
	section?: string;
	option?: string;
}

/** A configuration file, or a change to one, that fail2ban could not read. */
export class ConfigError extends TextError {
	constructor(
		readonly code: ConfigErrorCode,
		message: string | Message,
		readonly place: ConfigErrorPlace = {},
	) {
		super(message);
		this.name = 'ConfigError';
	}
}
