import type { AddressesByJail, Fail2banServer } from '../../fail2ban/Fail2banServer.ts';

/** Most addresses in one command: an action takes up to 20 ms for each, and the socket is blocked meanwhile. */
export const chunkSize = 50;

/** What one command shall take (milliseconds), so that others get their answer in between. */
const targetMs = 200;

/** Next size after a chunk of `size` took `took` milliseconds: 1 to 50, at most doubled. */
export function nextChunk(size: number, took: number): number {
	const fitting = took <= 0 ? size * 2 : Math.floor((size * targetMs) / took);
	return Math.max(1, Math.min(chunkSize, fitting, size * 2));
}

export interface UnbanProgress {
	/** Told after each chunk: addresses sent so far. */
	onChunk?: (sent: number) => void;
	/** Stops between two chunks. */
	signal?: AbortSignal;
}

/**
 * Lifts bans a few at a time. Answers how many there were, counted once for each jail. Throws ServerError when
 * the server does not answer; what was lifted until then stays lifted.
 */
export async function unban(
	server: Fail2banServer,
	bans: AddressesByJail,
	now: () => number,
	{ onChunk, signal }: UnbanProgress = {},
): Promise<number> {
	let lifted = 0;
	let sent = 0;
	let size = 20;
	for (const [jail, addresses] of Object.entries(bans)) {
		for (let at = 0; at < addresses.length; ) {
			if (signal?.aborted) return lifted;
			const chunk = addresses.slice(at, at + size);
			const began = now();
			// a slow action may need longer than the usual answer
			lifted += await server.unban(jail, chunk, { timeout: 30_000 });
			if (chunk.length === size) size = nextChunk(size, now() - began);
			at += chunk.length;
			sent += chunk.length;
			onChunk?.(sent);
		}
	}
	return lifted;
}

export function countBans(bans: AddressesByJail): number {
	return Object.values(bans).reduce((count, addresses) => count + addresses.length, 0);
}

export function addressesByJail(bans: Iterable<{ jail: string; ip: string }>): AddressesByJail {
	// a jail may be called `constructor`, which an object has without being asked
	const found = new Map<string, string[]>();
	for (const { jail, ip } of bans) {
		const addresses = found.get(jail);
		if (addresses) addresses.push(ip);
		else found.set(jail, [ip]);
	}
	return Object.fromEntries(found);
}

/** For the audit line, e.g. `sshd: 192.0.2.1 192.0.2.2; web: 192.0.2.3`. */
export function bansText(bans: AddressesByJail): string {
	return Object.entries(bans)
		.map(([jail, addresses]) => `${jail}: ${addresses.join(' ')}`)
		.join('; ');
}
