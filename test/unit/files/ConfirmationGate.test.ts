import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfirmationGate } from '../../../src/backend/files/ConfirmationGate.ts';
import { verbatim } from '../../../src/backend/kit/message.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;

/** A change that must be confirmed within a minute, and what its jails ban by now. */
function change(awaited: Record<string, string[]>, blind = false) {
	const present: Record<string, string[]> = {};
	const gate = new ConfirmationGate(
		{ reason: verbatim(''), bans: awaited, blind },
		{ present: async () => present },
		minute,
	);
	const ripe = () =>
		gate.check().then(
			() => true,
			(error) => {
				expect(error).toMatchObject({ status: 503, code: 'too-early' });
				return false;
			},
		);
	return { present, ripe };
}

describe('a confirmation counts', () => {
	it('at once where no ban is to come', async () => {
		expect(await change({}).ripe()).toBe(true);
	});

	it('a moment after fail2ban has banned all whom it will, however long that takes', async () => {
		const { present, ripe } = change({ sshd: ['192.0.2.10'], recidive: ['192.0.2.10'] });
		vi.advanceTimersByTime(40_000);
		expect(await ripe()).toBe(false);
		present.sshd = ['192.0.2.10', '198.51.100.1'];
		expect(await ripe()).toBe(false);
		present.recidive = ['192.0.2.10'];
		expect(await ripe(), 'the firewall may not have it yet').toBe(false);
		vi.advanceTimersByTime(3000);
		// somebody may have lifted it, and it was there
		present.sshd = [];
		expect(await ripe()).toBe(true);
	});

	it('only after half of the time where nobody knows whom a jail bans', async () => {
		const { ripe } = change({}, true);
		vi.advanceTimersByTime(29_000);
		expect(await ripe()).toBe(false);
		vi.advanceTimersByTime(1000);
		expect(await ripe()).toBe(true);
	});
});
