import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Account, accountOf } from './accounts.ts';
import { HostError } from './HostError.ts';

export interface Session {
	user: string;
	ticket: string;
	csrfToken: string;
}

/** PVE keeps a ticket valid for two hours. */
const lifetime = 2 * 60 * 60;

function hexTime(): string {
	return Math.floor(Date.now() / 1000)
		.toString(16)
		.toUpperCase();
}

/** Tickets and CSRF tokens in PVE's form, signed with a key that lives as long as the process. */
export class Sessions {
	readonly #key = randomBytes(32);
	readonly #password: string;

	constructor(password: string) {
		this.#password = password;
	}

	/** Throws 401, as PVE does, for an unknown user as for a wrong password. A ticket is a password, too. */
	logIn(user: string, password: string): Session {
		const renews = this.#userOfTicket(password) === user;
		if (accountOf(user) === undefined || (!renews && password !== this.#password)) {
			throw new HostError(401, 'authentication failure');
		}
		const time = hexTime();
		return {
			user,
			ticket: `PVE:${user}:${time}::${this.#sign(`ticket:${user}:${time}`)}`,
			csrfToken: `${time}:${this.#sign(`csrf:${user}:${time}`)}`,
		};
	}

	/** Who calls, by the ticket cookie; a call that changes something must bring the CSRF token as well. */
	accountOf(request: IncomingMessage): Account {
		const cookie = /(?:^|;\s*)PVEAuthCookie=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
		const user = cookie && this.#userOfTicket(decodeURIComponent(cookie));
		const account = user && accountOf(user);
		if (!account) {
			throw new HostError(401, 'No ticket');
		}
		if (request.method !== 'GET' && !this.#isCsrfToken(request.headers.csrfpreventiontoken, account.user)) {
			throw new HostError(401, 'Permission denied - invalid csrf token');
		}
		return account;
	}

	#sign(text: string): string {
		return createHmac('sha256', this.#key).update(text).digest('base64url');
	}

	#isSigned(text: string, signature: string): boolean {
		const expected = Buffer.from(this.#sign(text));
		const given = Buffer.from(signature);
		return expected.length === given.length && timingSafeEqual(expected, given);
	}

	#isFresh(time: string): boolean {
		return Date.now() / 1000 - Number.parseInt(time, 16) < lifetime;
	}

	#userOfTicket(ticket: string): string | undefined {
		const [, user, time, signature] = /^PVE:([^:]+):([0-9A-F]{8})::([\w-]+)$/.exec(ticket) ?? [];
		if (user === undefined || time === undefined || signature === undefined) {
			return undefined;
		}
		return this.#isSigned(`ticket:${user}:${time}`, signature) && this.#isFresh(time) ? user : undefined;
	}

	#isCsrfToken(token: string | string[] | undefined, user: string): boolean {
		const [, time, signature] = /^([0-9A-F]{8}):([\w-]+)$/.exec(String(token)) ?? [];
		return (
			time !== undefined &&
			signature !== undefined &&
			this.#isSigned(`csrf:${user}:${time}`, signature) &&
			this.#isFresh(time)
		);
	}
}
