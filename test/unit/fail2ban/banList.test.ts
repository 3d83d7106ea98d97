import { afterEach, describe, expect, test } from 'vitest';
import { parseBanList } from '../../../src/backend/fail2ban/banList.ts';

const zone = process.env.TZ;
afterEach(() => {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
});

const seconds = (iso: string) => Date.parse(iso) / 1000;

describe('parseBanList', () => {
	test('reads addresses, times and durations', () => {
		process.env.TZ = 'Europe/Berlin';
		expect(
			parseBanList([
				'192.0.2.1 \t2026-11-22 14:43:39 + 3600 = 2026-11-22 15:43:39',
				'2001:db8::1 \t2026-07-01 00:00:00 + 600 = 2026-07-01 00:10:00',
				'198.51.100.0/24 \t2026-11-22 14:43:40 + 1 = 2026-11-22 14:43:41',
			]),
		).toEqual([
			{
				ip: '192.0.2.1',
				since: seconds('2026-11-22T14:43:39+01:00'),
				bantime: 3600,
				until: seconds('2026-11-22T15:43:39+01:00'),
			},
			{
				ip: '2001:db8::1',
				since: seconds('2026-07-01T00:00:00+02:00'),
				bantime: 600,
				until: seconds('2026-07-01T00:10:00+02:00'),
			},
			{
				ip: '198.51.100.0/24',
				since: seconds('2026-11-22T14:43:40+01:00'),
				bantime: 1,
				until: seconds('2026-11-22T14:43:41+01:00'),
			},
		]);
	});

	test('reads a permanent ban', () => {
		process.env.TZ = 'UTC';
		expect(parseBanList(['192.0.2.1 \t2026-11-22 14:43:39 + -1 = 9999-12-31 23:59:59'])).toEqual([
			{ ip: '192.0.2.1', since: seconds('2026-11-22T14:43:39Z'), bantime: -1, until: null },
		]);
	});

	test('keeps what fail2ban bans instead of an address', () => {
		process.env.TZ = 'UTC';
		const [ban] = parseBanList(["('bob \t', '10.0.0.1') \t2026-11-22 14:43:39 + 60 = 2026-11-22 14:44:39"]);
		expect(ban?.ip).toBe("('bob \t', '10.0.0.1')");
	});

	// Berlin puts the clock back at 03:00 summer time on 25 October 2026; Lord Howe by half an hour on 5 April.
	test.each([
		[
			'first hour, ends in summer time',
			'Europe/Berlin',
			'2026-10-25 02:30:00 + 600 = 2026-10-25 02:40:00',
			'2026-10-25T02:30:00+02:00',
		],
		[
			'first hour, ends in winter time',
			'Europe/Berlin',
			'2026-10-25 02:30:00 + 7200 = 2026-10-25 03:30:00',
			'2026-10-25T02:30:00+02:00',
		],
		[
			'second hour',
			'Europe/Berlin',
			'2026-10-25 02:30:00 + 3600 = 2026-10-25 03:30:00',
			'2026-10-25T02:30:00+01:00',
		],
		[
			'second hour, rounded by a second',
			'Europe/Berlin',
			'2026-10-25 02:30:00 + 3600 = 2026-10-25 03:30:01',
			'2026-10-25T02:30:00+01:00',
		],
		[
			'second half hour',
			'Australia/Lord_Howe',
			'2026-04-05 01:45:00 + 3600 = 2026-04-05 02:45:00',
			'2026-04-05T01:45:00+10:30',
		],
		[
			'first half hour',
			'Australia/Lord_Howe',
			'2026-04-05 01:45:00 + 3600 = 2026-04-05 02:15:00',
			'2026-04-05T01:45:00+11:00',
		],
		[
			'across the skipped hour',
			'Europe/Berlin',
			'2026-03-29 01:59:00 + 120 = 2026-03-29 03:01:00',
			'2026-03-29T01:59:00+01:00',
		],
	])('tells the hour that the clock shows twice: %s', (_, tz, line, since) => {
		process.env.TZ = tz;
		const [ban] = parseBanList([`192.0.2.1 \t${line}`]);
		expect(ban?.since).toBe(seconds(since));
		expect(ban?.until).toBe(seconds(since) + (ban?.bantime ?? 0));
	});

	test.each([['a text'], [''], ['192.0.2.1 2026-11-22 14:43:39 + 60 = x'], [null], [7]])(
		'refuses the line %j',
		(line) => {
			expect(() => parseBanList([line])).toThrow('unknown form');
		},
	);
});
