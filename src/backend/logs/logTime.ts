import type { LogPart } from './LogSet.ts';
import { blockSize, forward, isHeader, nextRecord } from './records.ts';

function two(data: Uint8Array, at: number): number {
	return ((data[at] as number) - 48) * 10 + (data[at + 1] as number) - 48;
}

/** Unix seconds of the time at the start of a record; local time, as fail2ban writes it. */
export function timeAt(data: Uint8Array, at: number): number {
	const year = two(data, at) * 100 + two(data, at + 2);
	const date = new Date(
		year,
		two(data, at + 5) - 1,
		two(data, at + 8),
		two(data, at + 11),
		two(data, at + 14),
		two(data, at + 17),
	);
	return Math.floor(date.getTime() / 1000);
}

/** Where in a block the first record of `time` or later begins; -1 if none does. */
function findIn(data: Buffer, time: number): number {
	for (let at = isHeader(data, 0) ? 0 : nextRecord(data, 0); at >= 0; at = nextRecord(data, at)) {
		if (timeAt(data, at) >= time) return at;
	}
	return -1;
}

/**
 * Where the records of `time` (Unix seconds) or later begin, by halving; null if there are none. The clock may have
 * been set back in between; then some position with such a border is found.
 */
export async function seekTime(part: LogPart, time: number, size: number): Promise<number | null> {
	let low = 0;
	let high = size;
	const probe = Buffer.allocUnsafe(16 * 1024);
	while (!part.gz && high - low > blockSize / 4) {
		const middle = Math.floor((low + high) / 2);
		const { bytesRead } = await part.handle.read(probe, 0, probe.length, middle);
		const data = probe.subarray(0, bytesRead);
		const at = nextRecord(data, 0);
		// a record longer than the probe: read on from where the border still must be behind
		if (at < 0 || at + 20 > data.length) break;
		if (timeAt(data, at) >= time) high = middle;
		else low = middle + at;
	}
	for await (const { data, offset } of forward(part, low)) {
		const at = findIn(data, time);
		if (at >= 0) return offset + at;
	}
	return null;
}
