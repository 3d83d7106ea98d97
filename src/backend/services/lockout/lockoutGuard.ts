import type { Network } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { durationWords } from '../../kit/durations.ts';
import { ApiError } from '../../kit/errors.ts';
import { type Message, msg, msgN, sentences } from '../../kit/message.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';

/** What must not be banned unless the caller forces it: the addresses in use, gateways, cluster nodes. */
export interface Guarded {
	/** The caller's address as the API module saw it, and as the browser's own question found it. */
	clients: readonly (string | null | undefined)[];
	system: readonly SystemAddress[];
}

export interface WouldBan {
	address: string;
	/** null: it is the caller's own. */
	what: Message | null;
}

/** Guarded addresses that are in one of the networks, the caller's own first. */
export function wouldBan(networks: readonly Network[], { clients, system }: Guarded): WouldBan[] {
	const own = [...new Set(clients)].flatMap((address) => (address ? [{ address, what: null }] : []));
	const banned = new NetworkSet(networks);
	return [...own, ...system].filter(({ address }) => banned.covers(address));
}

function harmWords(what: Message): Message {
	return String(what).startsWith('cluster')
		? msg('Banning it can break the cluster.')
		: msg('Banning it can cut off this node.');
}

/**
 * The refusal of a change that bans guarded addresses.
 * @param duration in words, e.g. "for 30 days"
 */
export function wouldBanError(found: readonly WouldBan[], duration: Message): ApiError {
	const texts = found.flatMap(({ address, what }) => {
		if (what === null)
			// TRANSLATORS: {1}: "for 30 days", "permanently" or "from now on"
			return [msg('This bans {0}, the address you use now, {1}.', address, duration)];
		// TRANSLATORS: {1}: "the default gateway", "cluster node 'pve2'" or "this node itself"
		return [msg('{0} is {1}.', address, what), harmWords(what)];
	});
	return new ApiError(409, 'would-ban', sentences(texts), {
		'would-ban': found.map(({ address }) => address).join(','),
	});
}

/** A guarded address that a changed jail bans. */
export interface LockedOut extends WouldBan {
	jail: string;
	/** Those that count; 0: an earlier ban is set again. */
	failures: number;
	/** false: it is banned with its next failure. */
	atOnce: boolean;
	/** Seconds; -1 is permanent. */
	bantime: number;
	maxretry: number;
	/** The jail counts bans of other jails, as recidive does, not failed log-ins. */
	countsBans: boolean;
}

/** Sentences of one refusal; the others are counted. */
const maxSentences = 3;

function whyWords({ failures, countsBans }: LockedOut): Message {
	if (failures === 0) return msg('an earlier ban has not expired');
	return countsBans
		? // TRANSLATORS: earlier bans that count for the ban
			msgN(failures, 'counting {0} ban', 'counting {0} bans')
		: // TRANSLATORS: failed log-ins that count for the ban
			msgN(failures, 'counting {0} failed log-in', 'counting {0} failed log-ins');
}

/** How a guarded address comes to be banned. */
function banWords(hit: LockedOut, banned: string | Message): Message {
	const { jail, atOnce, bantime, maxretry, countsBans } = hit;
	const duration = durationWords(bantime);
	const why = whyWords(hit);
	if (atOnce)
		// TRANSLATORS: {0}: address, {1}: "for 30 days", {2}: jail, {3}: "counting 3 failed log-ins" or the like
		return msg("This change bans {0} {1} (jail '{2}', {3}).", banned, duration, jail, why);
	if (countsBans)
		// TRANSLATORS: {0}: address, {1}: "for 30 days", {2}: jail, {3}: "counting 3 bans" or the like
		return msg(
			"The next ban in another jail also bans {0} {1} (jail '{2}', {3}).",
			banned,
			duration,
			jail,
			why,
		);
	return maxretry === 1
		? // TRANSLATORS: {0}: address, {1}: "for 30 days", {2}: jail, {3}: "counting 3 failed log-ins" or the like
			msg("One wrong password bans {0} {1} (jail '{2}', {3}).", banned, duration, jail, why)
		: // TRANSLATORS: {0}: address, {1}: "for 30 days", {2}: jail, {3}: "counting 3 failed log-ins" or the like
			msg("One more wrong password bans {0} {1} (jail '{2}', {3}).", banned, duration, jail, why);
}

function lockoutTexts(hit: LockedOut): Message[] {
	const { address, what } = hit;
	const own = address.includes('/')
		? // TRANSLATORS: an address in the middle of a sentence
			msg('{0}, which contains the address you use now,', address)
		: // TRANSLATORS: an address in the middle of a sentence
			msg('{0}, the address you use now,', address);
	const ban = banWords(hit, what === null ? own : address);
	// TRANSLATORS: {0}: "the default gateway", "cluster node 'pve2'" or "this node itself"
	return what === null ? [ban] : [ban, msg('It is {0}.', what), harmWords(what)];
}

/** The refusal of a change of the configuration, with the way out. */
export function lockoutError(found: readonly LockedOut[]): ApiError {
	const own = (one: LockedOut) => (one.what === null ? 0 : 1);
	const sorted = [...found].sort(
		(one, other) => own(one) - own(other) || Number(other.atOnce) - Number(one.atOnce),
	);
	const first = sorted.filter(({ address }, at) => sorted.findIndex((one) => one.address === address) === at);
	const rest = first.length - maxSentences;
	const texts = [
		...first.slice(0, maxSentences).flatMap(lockoutTexts),
		...(rest > 0
			? [
					msgN(
						rest,
						'{0} more address would be banned as well.',
						'{0} more addresses would be banned as well.',
					),
				]
			: []),
		msg('Add the address to the ignore list first, or continue anyway.'),
	];
	return new ApiError(409, 'would-ban', sentences(texts), {
		'would-ban': first.map(({ address }) => address).join(','),
	});
}
