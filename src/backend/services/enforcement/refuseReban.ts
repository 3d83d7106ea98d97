import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { ApiError } from '../../kit/errors.ts';
import { enumerate, msg, msgN, sentences } from '../../kit/message.ts';
import { callerAddresses } from '../../system/callerAddresses.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';
import type { Clients } from '../lockout/JailPreviews.ts';
import type { Enforcement } from './Enforcement.ts';
import type { JailEnforcement } from './jailEnforcement.ts';

/**
 * Asked before lost bans of these jails come back. Who flushed the firewall to get in again is still banned as far as
 * fail2ban knows. Throws ApiError 409 `would-ban` if one of them meets the caller, a node of the cluster or a gateway.
 */
export type RefuseReban = (jails: readonly string[], clients: Clients) => Promise<void>;

export function rebanGuard(
	enforcement: Pick<Enforcement, 'of'>,
	systemAddresses: () => Promise<SystemAddress[]>,
): RefuseReban {
	return async (jails, clients) => {
		const system = await systemAddresses();
		const guarded = [
			...callerAddresses(clients, system).map((address) => ({
				address,
				words: msg('the address you use now'),
			})),
			...system.map(({ address, what }) => ({ address, words: what })),
		];
		const states = await enforcement.of(jails);
		const found = guarded.flatMap(({ address, words }) => {
			const names = states.filter((state) => isMissing(state, address)).map(({ jail }) => `'${jail}'`);
			if (names.length === 0) return [];
			const text = msgN(
				names.length,
				// TRANSLATORS: {1}: address, {2}: "the address you use now", "the default gateway" or the like, {3}: jails
				'This shuts out {1}, {2}: jail {3} bans it, but the firewall has lost this ban.',
				'This shuts out {1}, {2}: jails {3} ban it, but the firewall has lost these bans.',
				address,
				words,
				enumerate(names),
			);
			return [{ address, text }];
		});
		if (found.length === 0) return;
		const message = sentences([
			...found.map(({ text }) => text),
			msg('Unban the address first, or continue anyway.'),
		]);
		throw new ApiError(409, 'would-ban', message, {
			'would-ban': found.map(({ address }) => address).join(','),
		});
	};
}

function isMissing({ missing }: JailEnforcement, text: string): boolean {
	return new NetworkSet(missing).covers(text);
}
