import { type Address, ipv4At } from './AddressNames.ts';
import { timeAt } from './logTime.ts';
import { isHeader } from './records.ts';
import type { EventKind } from './Tally.ts';

export type OnEvent = (kind: EventKind, hour: number, jail: string, address: Address) => void;

/** Bytes of `2026-11-22 14`. */
const hourLength = 13;

/** Of `Found `, `Ban ` and `Unban `. */
const wordLength: Record<EventKind, number> = { found: 6, bans: 4, unbans: 6 };

const newline = 10;
const space = 32;
const comma = 44;
const colon = 58;
const open = 91;
const close = 93;

/** Where the message of a record begins, behind `[pid]: LEVEL   `; -1 if it has none. */
function messageAt(data: Uint8Array, from: number, end: number): number {
	for (let at = from; at + 2 < end; at++) {
		if (data[at] !== close || data[at + 1] !== colon || data[at + 2] !== space) continue;
		at += 3;
		while (at < end && data[at] !== space) at++;
		while (at < end && data[at] === space) at++;
		return at < end ? at : -1;
	}
	return -1;
}

function startsWith(data: Uint8Array, at: number, word: string): boolean {
	for (let n = 0; n < word.length; n++) if (data[at + n] !== word.charCodeAt(n)) return false;
	return true;
}

/** `Restore Ban` and `Increase Ban` are no new bans. */
function kindAt(data: Uint8Array, at: number): EventKind | null {
	switch (data[at]) {
		case 70:
			return startsWith(data, at, 'Found ') ? 'found' : null;
		case 66:
			return startsWith(data, at, 'Ban ') ? 'bans' : null;
		case 85:
			return startsWith(data, at, 'Unban ') ? 'unbans' : null;
		default:
			return null;
	}
}

/** Remembers the last hour's text, since a log has thousands of lines an hour. */
export class EventParser {
	readonly #hourBytes = Buffer.alloc(hourLength);
	#hour = 0;
	#jailBytes: Buffer = Buffer.alloc(0);
	#jail = '';

	/** Calls with each event of whole records. */
	parse(data: Buffer, onEvent: OnEvent): void {
		for (let at = 0; at < data.length; ) {
			let end = data.indexOf(newline, at);
			if (end < 0) end = data.length;
			// the shortest: 24 of time, a name, a level, a jail and a word
			if (end - at > 40 && isHeader(data, at)) this.#record(data, at, end, onEvent);
			at = end + 1;
		}
	}

	#record(data: Buffer, start: number, end: number, onEvent: OnEvent): void {
		const at = messageAt(data, start + 24, end);
		if (at < 0 || data[at] !== open) return;
		let last = at + 1;
		while (last < end && data[last] !== close) last++;
		if (data[last + 1] !== space) return;
		const kind = kindAt(data, last + 2);
		if (kind === null) return;
		const from = last + 2 + wordLength[kind];
		let to = from;
		while (to < end && data[to] !== space && data[to] !== comma) to++;
		// the observer tells a failure again: "Found IP, bad - ..."
		if (to === from || (kind === 'found' && data[to] === comma)) return;
		const address = ipv4At(data, from, to) ?? data.toString('utf8', from, to);
		onEvent(kind, this.#hourAt(data, start), this.#jailAt(data, at + 1, last), address);
	}

	#hourAt(data: Buffer, at: number): number {
		for (let n = 0; n < hourLength; n++) {
			if (data[at + n] === this.#hourBytes[n]) continue;
			this.#hourBytes.set(data.subarray(at, at + hourLength));
			this.#hour = Math.floor(timeAt(data, at) / 3600);
			break;
		}
		return this.#hour;
	}

	#jailAt(data: Buffer, from: number, to: number): string {
		let same = this.#jailBytes.length === to - from;
		for (let n = 0; same && n < this.#jailBytes.length; n++) same = data[from + n] === this.#jailBytes[n];
		if (!same) {
			this.#jailBytes = Buffer.from(data.subarray(from, to));
			this.#jail = this.#jailBytes.toString('utf8');
		}
		return this.#jail;
	}
}
