import type { AddressesByJail } from '../fail2ban/Fail2banServer.ts';
import { ApiError } from '../kit/errors.ts';
import { msg } from '../kit/message.ts';
import type { ProvisionalReason } from './ChangeGuard.ts';

/**
 * Parts of the time in which a change must be confirmed: before it counts where it is not known which addresses the change bans, and
 * after fail2ban lists its bans, until the firewall has them too.
 */
const confirmShare = { blind: 1 / 2, firewall: 1 / 20 };

/** Knows when a confirmation proves anything: a jail that still reads its log, or waits for a name server, bans later. */
export class ConfirmationGate {
	readonly #start = performance.now();
	/** When all bans that will come were seen; null: not yet. */
	#seen: number | null = null;

	/** @param time milliseconds in which the change must be confirmed */
	constructor(
		private readonly provisional: ProvisionalReason,
		private readonly bans: { present(jails: readonly string[]): Promise<AddressesByJail> },
		private readonly time: number,
	) {}

	/** Throws ApiError 503 `too-early`, ServerError. */
	async check(): Promise<void> {
		if (this.provisional.blind && performance.now() - this.#start < this.time * confirmShare.blind)
			throw tooEarly();
		const awaited = Object.entries(this.provisional.bans);
		if (awaited.length === 0) return;
		if (this.#seen === null) {
			const present = await this.bans.present(Object.keys(this.provisional.bans));
			if (awaited.every(([jail, ips]) => ips.every((ip) => present[jail]?.includes(ip))))
				this.#seen = performance.now();
		}
		if (this.#seen === null || performance.now() - this.#seen < this.time * confirmShare.firewall)
			throw tooEarly();
	}
}

function tooEarly(): ApiError {
	return new ApiError(
		503,
		'too-early',
		msg(
			'fail2ban may not have applied its bans yet, so confirming now proves nothing. Try again in a few seconds.',
		),
	);
}
