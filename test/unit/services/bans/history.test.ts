import { describe, expect, it } from 'vitest';
import type { AddressEvent } from '../../../../src/backend/fail2ban/addressEvent.ts';
import { banHistory, maxEvents } from '../../../../src/backend/services/bans/history.ts';

type Told = [time: number, event: AddressEvent['event'], jail?: string, count?: number];
type Kept = [since: number, count: number, bantime: number, jail?: string];

function history(told: Told[], kept: Kept[] = []) {
	const events = told.map(([time, event, jail = 'sshd', count = null]) => ({ time, event, jail, count }));
	const earlier = kept.map(([since, count, bantime, jail = 'sshd']) => ({ since, count, bantime, jail }));
	return banHistory({ latest: [], earlier }, { events, complete: true }).map(
		({ time, event, jail, count, bantime }) => [time, event, jail, count, bantime],
	);
}

describe('banHistory', () => {
	it('tells the log newest first, with what the database adds', () => {
		const told: Told[] = [
			[10, 'found'],
			[10, 'ban'],
			[70, 'unban'],
			[100, 'found'],
			[101, 'ban'],
		];
		expect(
			history(told, [
				[100, 2, 7200],
				[10, 1, 60],
			]),
		).toEqual([
			[101, 'ban', 'sshd', 2, 7200],
			[100, 'found', 'sshd', null, null],
			[70, 'unban', 'sshd', null, null],
			[10, 'ban', 'sshd', 1, 60],
			[10, 'found', 'sshd', null, null],
		]);
	});

	it('adds bans that the log no longer has', () => {
		expect(
			history(
				[[5000, 'unban']],
				[
					[10, 1, 600],
					[20, 4, -1, 'recidive'],
				],
			),
		).toEqual([
			[5000, 'unban', 'sshd', null, null],
			[20, 'ban', 'recidive', 4, -1],
			[10, 'ban', 'sshd', 1, 600],
		]);
	});

	it('takes no ban of another jail, nor one much later, for the same', () => {
		expect(
			history(
				[
					[10, 'ban', 'recidive'],
					[4000, 'ban'],
				],
				[[10, 1, 600]],
			),
		).toHaveLength(3);
	});

	it('tells how often it was, when the log says that a ban became longer', () => {
		expect(
			history([
				[10, 'ban'],
				[10, 'increase', 'sshd', 3],
			]),
		).toEqual([[10, 'ban', 'sshd', 3, null]]);
	});

	it('keeps the newest', () => {
		const told = Array.from({ length: maxEvents + 5 }, (_, time): Told => [time, 'found']);
		const shown = history(told);
		expect([shown.length, shown[0]?.[0], shown.at(-1)?.[0]]).toEqual([maxEvents, maxEvents + 4, 5]);
	});
});
