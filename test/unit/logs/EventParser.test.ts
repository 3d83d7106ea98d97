import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, ipv4At, ipv4Text } from '../../../src/backend/logs/AddressNames.ts';
import { EventParser } from '../../../src/backend/logs/EventParser.ts';

function parse(text: string): [string, string, string, Date][] {
	const found: [string, string, string, Date][] = [];
	const name = (address: Address) => (typeof address === 'number' ? ipv4Text(address) : address);
	new EventParser().parse(Buffer.from(text), (kind, hour, jail, address) =>
		found.push([kind, jail, name(address), new Date(hour * 3_600_000)]),
	);
	return found;
}

const head = '2026-11-22 14:43:39,844 fail2ban.actions        [16239]: NOTICE  ';
const hour = new Date(2026, 10, 22, 14);

describe('EventParser', () => {
	test('finds failures, bans and unbans with their jail, address and hour', () => {
		const text = [
			`${head}[sshd] Found 192.0.2.1 - 2026-11-22 14:43:39`,
			`${head}[my jail] Ban 2001:db8::1`,
			`${head}[sshd] Unban 192.0.2.255`,
		];
		expect(parse(`${text.join('\n')}\n`)).toEqual([
			['found', 'sshd', '192.0.2.1', hour],
			['bans', 'my jail', '2001:db8::1', hour],
			['unbans', 'sshd', '192.0.2.255', hour],
		]);
	});

	test.each([
		'[sshd] Found 192.0.2.1, bad - 2026-11-22 14:43:39, 1 # -> 2.0, Ban',
		'[sshd] Restore Ban 192.0.2.1',
		'[sshd] Increase Ban 192.0.2.1 (2 # 4s -> 2026-11-22 14:43:39)',
		'[sshd] 192.0.2.1 already banned',
		'[sshd] Ignore 192.0.2.1 by ignoreself rule',
		'[sshd] Flush ticket(s) with nftables',
		'[sshd] Found ',
		'[sshd] Banana 192.0.2.1',
		"Jail 'sshd' started",
		'[sshd]',
		'[',
	])('counts no event for: %s', (message) => {
		expect(parse(`${head}${message}\n`)).toEqual([]);
	});

	test('takes no line without a time for an event', () => {
		expect(parse('  [sshd] Ban 192.0.2.1 fail2ban.actions [1]: NOTICE  [sshd] Ban 192.0.2.1\n')).toEqual([]);
	});

	test('never throws and never reads beyond a line, whatever the bytes are', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
				const text = Buffer.concat([
					Buffer.from(head),
					Buffer.from(bytes),
					Buffer.from(`\n${head}[a] Ban 192.0.2.7\n`),
				]);
				let last: Address = '';
				new EventParser().parse(text, (_kind, _hour, _jail, address) => {
					last = address;
				});
				expect(ipv4Text(last as unknown as number)).toBe('192.0.2.7');
			}),
			{ numRuns: 300 },
		);
	});
});

describe('ipv4At', () => {
	const of = (text: string) => ipv4At(Buffer.from(text), 0, text.length);

	test('gives each address a number that is written back the same', () => {
		fc.assert(
			fc.property(fc.ipV4(), (ip) => {
				expect(ipv4Text(of(ip) as number)).toBe(ip);
			}),
			{ numRuns: 300 },
		);
	});

	test.each(['', '1.2.3', '1.2.3.', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1..2.3', '1.2.3.a', '::1'])(
		'takes %j for no address',
		(text) => expect(of(text)).toBeNull(),
	);
});
