import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LogPart } from './LogSet.ts';

/** Bytes read at once; a record longer than that is cut. */
export const blockSize = 1024 * 1024;
const firstBlock = 64 * 1024;
const newline = 10;

/** Whole records of a file: lines that begin with a time, each with the lines that belong to it. */
export interface Block {
	/** Valid until the next block is asked for. */
	data: Buffer;
	/** Of its first byte in the (uncompressed) text. */
	offset: number;
}

function isDigit(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Whether a line with fail2ban's time begins here: `2026-11-22 14:43:39,844 …`. */
export function isHeader(data: Uint8Array, at: number): boolean {
	return (
		data[at + 4] === 45 &&
		data[at + 7] === 45 &&
		data[at + 10] === 32 &&
		data[at + 13] === 58 &&
		isDigit(data[at]) &&
		isDigit(data[at + 3])
	);
}

/** Start of the first record behind a line break at or after `from`; -1 if none begins. */
export function nextRecord(data: Buffer, from: number): number {
	for (let at = data.indexOf(newline, from); at >= 0; at = data.indexOf(newline, at + 1)) {
		if (isHeader(data, at + 1)) return at + 1;
	}
	return -1;
}

/** Start of the last record that begins before `to`, behind a line break; -1 if none does. */
export function lastRecord(data: Buffer, to: number): number {
	// a negative start would count from the end
	for (let from = to - 2; from >= 0; ) {
		const at = data.lastIndexOf(newline, from);
		if (at < 0) return -1;
		if (isHeader(data, at + 1)) return at + 1;
		from = at - 1;
	}
	return -1;
}

async function fill(part: LogPart, into: Buffer, position: number): Promise<number> {
	let read = 0;
	while (read < into.length) {
		const { bytesRead } = await part.handle.read(into, read, into.length - read, position + read);
		if (bytesRead === 0) break;
		read += bytesRead;
	}
	return read;
}

/** End of the last whole line of an uncompressed file; fail2ban may be writing the next. */
export async function wholeSize(part: LogPart): Promise<number> {
	const bytes = Buffer.allocUnsafe(Math.min(firstBlock, part.stat.size));
	const start = part.stat.size - bytes.length;
	const data = bytes.subarray(0, await fill(part, bytes, start));
	const end = data.lastIndexOf(newline);
	return end < 0 ? (start === 0 ? 0 : part.stat.size) : start + end + 1;
}

/** The records before `end`, from the back. */
export async function* backward(part: LogPart, end: number): AsyncGenerator<Block> {
	const buffer = Buffer.allocUnsafe(Math.min(blockSize, end));
	let high = end;
	let size = firstBlock;
	while (high > 0) {
		const low = Math.max(0, high - size);
		const data = buffer.subarray(0, await fill(part, buffer.subarray(0, high - low), low));
		const first = low === 0 ? 0 : nextRecord(data, 0);
		const grown = Math.min(size * 4, blockSize);
		if (first < 0 && size < grown) {
			size = grown;
			continue;
		}
		const cut = first < 0 ? Math.max(0, data.indexOf(newline) + 1) % data.length : first;
		yield { data: data.subarray(cut), offset: low + cut };
		high = low + cut;
		size = grown;
	}
}

/** Small, because what zlib gave is not used again and would pile up until it is collected. */
const textChunk = 64 * 1024;

async function* compressed(part: LogPart): AsyncGenerator<Buffer> {
	for (let at = 0; ; ) {
		const bytes = Buffer.allocUnsafe(firstBlock);
		const read = await fill(part, bytes, at);
		if (read === 0) return;
		yield bytes.subarray(0, read);
		at += read;
	}
}

async function* chunks(part: LogPart, from: number, to: number): AsyncGenerator<Buffer> {
	if (part.gz) {
		// a stream of the handle itself would close it at its end
		const file = Readable.from(compressed(part), { objectMode: false });
		const text = createGunzip({ chunkSize: textChunk });
		file.on('error', (error) => text.destroy(error)).pipe(text);
		let skip = from;
		try {
			for await (const chunk of text as AsyncIterable<Buffer>) {
				if (skip < chunk.length) yield skip > 0 ? chunk.subarray(skip) : chunk;
				skip = Math.max(0, skip - chunk.length);
			}
		} finally {
			file.destroy();
			text.destroy();
		}
		return;
	}
	const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(blockSize / 4, to - from)));
	for (let at = from; at < to; ) {
		const read = await fill(part, buffer.subarray(0, Math.min(buffer.length, to - at)), at);
		if (read === 0) return;
		yield buffer.subarray(0, read);
		at += read;
	}
}

/** The records from `from` on; of an uncompressed file up to `to`. A last line without its end is left out. */
export async function* forward(
	part: LogPart,
	from: number,
	to: number = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Block> {
	const end = Math.min(to, part.gz ? to : part.stat.size);
	let window = Buffer.allocUnsafe(firstBlock);
	let used = 0;
	let offset = from;
	for await (const chunk of chunks(part, from, end)) {
		if (used + chunk.length > window.length) {
			const wider = Buffer.allocUnsafe(2 * (used + chunk.length));
			window.copy(wider, 0, 0, used);
			window = wider;
		}
		used += chunk.copy(window, used);
		const data = window.subarray(0, used);
		let cut = lastRecord(data, used);
		if (cut <= 0) cut = used > blockSize ? data.lastIndexOf(newline) + 1 || used : 0;
		if (cut <= 0) continue;
		yield { data: data.subarray(0, cut), offset };
		window.copyWithin(0, cut, used);
		offset += cut;
		used -= cut;
	}
	const rest = window.subarray(0, window.subarray(0, used).lastIndexOf(newline) + 1);
	if (rest.length > 0) yield { data: rest, offset };
}
