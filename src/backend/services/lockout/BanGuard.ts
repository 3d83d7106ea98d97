import type { ChangeGuard, GuardedChange, ProvisionalReason } from '../../files/ChangeGuard.ts';
import { withoutLog } from '../../files/judgeChange.ts';
import { type Message, msg, msgN } from '../../kit/message.ts';
import { canBanMore } from './banTightening.ts';
import {
	entryOf,
	type JailChange,
	type JailPreviews,
	type PreviewedJail,
	type Surroundings,
} from './JailPreviews.ts';
import { type LockedOut, lockoutError } from './lockoutGuard.ts';
import { ignoresAll } from './previewTask.ts';

/** Seconds for the logs of all jails together, so that a change is answered in time. */
const previewSeconds = 8;

/** Refuses changes that lock an admin out, and decides which ones must be confirmed. */
export class BanGuard implements ChangeGuard {
	readonly #previews: JailPreviews;

	constructor(previews: JailPreviews) {
		this.#previews = previews;
	}

	async judge(change: GuardedChange): Promise<ProvisionalReason | null> {
		const { request, server } = change;
		const jails = tightened(change);
		if (jails.length === 0 && request.provisional === undefined) return null;
		const around = await this.#previews.surroundings([request.client, request.caller.clientIp]);
		const previewed = await this.#previews.previewAll(jails, around, { seconds: previewSeconds });
		const hits = lockedOut(previewed);
		if (hits.length > 0 && !request.forced) throw lockoutError(hits);
		// a server that does not run bans nobody, and starting it is a separate decision, unless it is part of the change
		if (server !== 'running' && request.provisional === undefined) return null;
		const reason = mustConfirm(change, previewed, hits, around);
		if (reason === null) return null;
		const unread = previewed.some(({ truncated, ignored }) => truncated && ignored !== true);
		const blind = unread || (around.caller.length === 0 && previewed.some(({ total }) => total > 0));
		return { reason, bans: awaited(previewed), blind };
	}
}

/** Jails that can ban more than before once the change is applied. */
function tightened({ before, after, server, running, steps }: GuardedChange): JailChange[] {
	const names = new Set(server === 'running' ? running : []);
	return [...after.jails.values()].flatMap((commands): JailChange[] => {
		const { jail } = commands;
		const old = before.jails.get(jail);
		const runs = names.has(jail);
		// it starts with the next reload, which is not part of this change
		if (server === 'running' && !runs && !steps.some((step) => step.jail === jail)) return [];
		if (old !== undefined && (runs || server !== 'running') && !canBanMore(old, commands)) return [];
		if (withoutLog(commands)) return [];
		return [
			{ before: old, after: commands, entry: entryOf(jail, names, steps, { before: old, after: commands }) },
		];
	});
}

/** Guarded addresses that the jails newly ban, or ban in another way. */
export function lockedOut(previewed: readonly PreviewedJail[]): LockedOut[] {
	return previewed.flatMap(
		({ jail, addresses, 'at-once': atOnce, bantime, maxretry, bansDifferently, countsBans }) =>
			addresses
				.filter(({ own, what, banned }) => (own || what !== null) && (!banned || bansDifferently))
				.map(({ ip, own, what, failures, banned }) => ({
					address: ip,
					what: own ? null : what,
					jail,
					failures: banned ? 0 : failures,
					atOnce: atOnce || banned,
					bantime,
					maxretry,
					countsBans,
				})),
	);
}

/** Bans of the caller that will come immediately, by jail. */
function awaited(previewed: readonly PreviewedJail[]): Record<string, string[]> {
	return Object.fromEntries(
		previewed.flatMap(({ jail, 'at-once': atOnce, addresses }) => {
			const ips = atOnce ? addresses.flatMap(({ ip, own }) => (own ? [ip] : [])) : [];
			return ips.length === 0 ? [] : [[jail, ips]];
		}),
	);
}

/** Why a change must be confirmed; null: it need not. */
function mustConfirm(
	{ request, after, steps, server }: GuardedChange,
	previewed: readonly PreviewedJail[],
	hits: readonly LockedOut[],
	{ own, caller }: Surroundings,
): Message | null {
	const self = hits.find(({ what }) => what === null);
	if (self) return msg('it bans {0}, the address of {1}.', self.address, request.caller.user);
	const unclear = previewed.find(({ truncated, ignored }) => truncated && ignored !== true);
	if (unclear) {
		const why = unclear.problem ?? msg('not all of its log could be read in time.');
		return msg("it is not known which addresses jail '{0}' would ban: {1}", unclear.jail, why);
	}
	const banned = previewed.reduce((sum, { total }) => sum + total, 0);
	if (caller.length === 0 && banned > 0)
		return msgN(
			banned,
			'it bans {0} address, and the address of {1} is not known.',
			'it bans {0} addresses, and the address of {1} is not known.',
			request.caller.user,
		);
	if (request.provisional === undefined) return null;
	const touched = new Set(steps.map(({ jail }) => jail));
	const open = [...after.jails.values()].find(
		(commands) =>
			(server !== 'running' || touched.has(commands.jail)) && ignoresAll(commands, own, caller) !== true,
	);
	return open === undefined
		? null
		: msg("jail '{0}' does not ignore the address of {1}.", open.jail, request.caller.user);
}
