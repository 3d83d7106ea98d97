import type { Messages } from '../../contract/kit/message.ts';
import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
/** What is known of one file of a change; a hash is null where the file does not exist. */
export interface ChangedFile {
	file: string;
	before: string | null;
	after: string | null;
}

export interface ChangeRecord {
	id: string;
	user: string;
	/** Unix seconds. */
	time: number;
	what: string;
	/** The translatable form of `what`; changes of older releases have none. */
	messages?: Messages;
	forced: boolean;
	/**
	 * started: in the middle; restored: it failed and was undone; recovered: cut short and undone later; undone: it
	 * was made, and taken back later.
	 */
	state: 'started' | 'applied' | 'restored' | 'recovered' | 'undone';
	files: ChangedFile[];
	changed: { option: string; from: string | null; to: string | null }[];
	/** Jails that run otherwise with the change than without. */
	jails?: string[];
	/** The change that this one takes back. */
	reverts?: string;
	/** It had to be confirmed, and what became of that. */
	provisional?: {
		state: 'waiting' | 'kept' | 'not-kept' | 'reverted';
		reason: string;
		/** Addresses of the caller. */
		addresses?: string[];
		/** The process that keeps or undoes it, as long as it runs; see processName. */
		holder?: string;
	};
}

/** Whether a change was made and awaits its confirmation, or did so when its process ended. */
export function awaitsConfirmation({ state, provisional }: ChangeRecord): boolean {
	return state === 'applied' && provisional?.state === 'waiting';
}

export interface Restored {
	/** Files brought back to what they were. */
	restored: string[];
	/** Files that somebody else changed meanwhile: left as they are. */
	foreign: string[];
	/** Files whose saved copy is gone or damaged: left as they are. */
	damaged: string[];
}

export interface Undone extends Restored {
	/** Why the record could not be brought up to date; null: it was. */
	unwritten: string | null;
}

export interface Recovery extends Restored {
	record: ChangeRecord;
	/** See bansBefore. */
	bans: AddressesByJail | null;
}

/** The record of a change that was cut short cannot be read, so nothing can be undone. */
export interface LostRecord {
	id: string;
	reason: string;
}
