import type { Network } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { durationWords } from '../../kit/durations.ts';
import { ApiError } from '../../kit/errors.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';

/** What must not be banned without the caller's word: the addresses in use, gateways, cluster nodes. */
export interface Guarded {
	/** The caller's address as the API module saw it, and as the browser's own question found it. */
	clients: readonly (string | null | undefined)[];
	system: readonly SystemAddress[];
}

export interface WouldBan {
	address: string;
	/** null: it is the caller's own. */
	what: string | null;
}

/** Guarded addresses that are in one of the networks, the caller's own first. */
export function wouldBan(networks: readonly Network[], { clients, system }: Guarded): WouldBan[] {
	const own = [...new Set(clients)].flatMap((address) => (address ? [{ address, what: null }] : []));
	const banned = new NetworkSet(networks);
	return [...own, ...system].filter(({ address }) => banned.covers(address));
}

/**
 * The refusal of a change that bans guarded addresses.
 * @param duration in words, e.g. "for 30 days"
 */
export function wouldBanError(found: readonly WouldBan[], duration: string): ApiError {
	const sentences = found.map(({ address, what }) => {
		if (what === null) return `This bans ${address}, the address you use now, ${duration}.`;
		const harm = what.startsWith('cluster')
			? 'Banning it can break the cluster.'
			: 'Banning it can cut off this node.';
		return `${address} is ${what}. ${harm}`;
	});
	return new ApiError(409, 'would-ban', sentences.join(' '), {
		'would-ban': found.map(({ address }) => address).join(','),
	});
}

/** A guarded address that a changed jail bans. */
export interface LockedOut extends WouldBan {
	jail: string;
	/** Those that count; 0: a ban from before is set again. */
	failures: number;
	/** false: it is banned with its next failure. */
	atOnce: boolean;
	/** Seconds; -1 is permanent. */
	bantime: number;
	maxretry: number;
}

/** Sentences of one refusal; the others are counted. */
const maxSentences = 3;

function lockoutSentence({ address, what, jail, failures, atOnce, bantime, maxretry }: LockedOut): string {
	const duration = durationWords(bantime);
	const yours = address.includes('/') ? 'which holds the address you use now,' : 'the address you use now,';
	const who = what === null ? `${address}, ${yours}` : address;
	const logins = `${failures} failed log-in${failures === 1 ? '' : 's'}`;
	const why = failures === 0 ? 'a ban from before has not run out' : `${logins} of it count`;
	const ban = atOnce
		? `This change bans ${who} ${duration} (jail '${jail}', ${why}).`
		: `${maxretry === 1 ? 'One' : 'One more'} wrong password bans ${who} ${duration} (jail '${jail}', ${why}).`;
	if (what === null) return ban;
	const harm = what.startsWith('cluster') ? 'break the cluster' : 'cut off this node';
	return `${ban} It is ${what}: banning it can ${harm}.`;
}

/** The refusal of a change of the configuration, with the way out. */
export function lockoutError(found: readonly LockedOut[]): ApiError {
	const own = (one: LockedOut) => (one.what === null ? 0 : 1);
	const sorted = [...found].sort(
		(one, other) => own(one) - own(other) || Number(other.atOnce) - Number(one.atOnce),
	);
	const first = sorted.filter(({ address }, at) => sorted.findIndex((one) => one.address === address) === at);
	const rest = first.length - maxSentences;
	const sentences = [
		...first.slice(0, maxSentences).map(lockoutSentence),
		...(rest > 0 ? [`${rest} more addresses are in danger.`] : []),
		'Ignore the address first, or force the change.',
	];
	return new ApiError(409, 'would-ban', sentences.join(' '), {
		'would-ban': first.map(({ address }) => address).join(','),
	});
}
