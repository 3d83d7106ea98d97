import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { BanEvent, BanOfJail } from '../../../../src/contract/types.ts';
import { banEventText, eventRows, noLinesText } from '../../../../src/ui/bans/banWords.ts';

const event = (what: BanEvent['event'], more: Partial<BanEvent> = {}): BanEvent => {
	return { time: 1, jail: 'sshd', event: what, count: null, bantime: null, ...more };
};

describe('eventRows', () => {
	it('puts failures of one jail that follow each other into one row, with the time of the newest', () => {
		const rows = eventRows([
			event('ban'),
			event('found', { time: 9 }),
			event('found', { time: 8 }),
			event('found', { jail: 'recidive' }),
			event('unban'),
			event('found'),
		]);
		expect(rows.map((row) => [row.event, row.jail, row.failures, row.time])).toEqual([
			['ban', 'sshd', 1, 1],
			['found', 'sshd', 2, 9],
			['found', 'recidive', 1, 1],
			['unban', 'sshd', 1, 1],
			['found', 'sshd', 1, 1],
		]);
	});
});

describe('banEventText', () => {
	it.each([
		[event('ban', { count: 3, bantime: 14_400 }), 'Ban #3, 4 hours'],
		[event('ban', { count: 3, bantime: -1 }), 'Ban #3, permanent'],
		[event('ban', { count: 2 }), 'Ban #2'],
		[event('ban'), 'Banned'],
		[event('unban'), 'Unbanned'],
		[event('found'), '1 failure'],
	])('says %j as %s', (one, text) => {
		expect(banEventText(one)).toBe(text);
	});
});

describe('noLinesText', () => {
	it.each<[Partial<BanOfJail>, string]>([
		[{ failures: 0, lines: [] }, 'Banned by hand.'],
		[{ failures: 0, lines: null }, 'Banned by hand.'],
		[{ failures: 5, lines: null }, 'Log lines require Sys.Syslog.'],
		[{ failures: 5, lines: [] }, 'fail2ban kept no log lines for this ban.'],
		[{ failures: null, lines: [] }, 'fail2ban kept no log lines for this ban.'],
	])('says why there are none (%j)', (ban, text) => {
		expect(noLinesText(ban as BanOfJail)).toBe(text);
	});
});
