import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNetwork, type Network, parseAddress } from '../../../src/backend/addresses/addresses.ts';
import { readWords } from '../../../src/backend/addresses/addressWords.ts';

function read(text: string): { family: number; words: number[] } {
	const words = new Uint32Array(5);
	return { family: readWords(text, words, 1), words: [...words.subarray(1)] };
}

describe('readWords', () => {
	it('reads what parseAddress reads, and leaves it everything else', () => {
		const part = fc.oneof(
			fc.constantFrom(
				'',
				'0',
				'00',
				'1',
				'ffff',
				'FfF',
				'10000',
				'g',
				'255',
				'256',
				'01',
				'1.2.3.4',
				'%1',
				'/8',
			),
			fc.integer({ min: 0, max: 300 }).map(String),
		);
		const text = fc.oneof(
			fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(':')),
			fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
			fc.ipV4(),
			fc.ipV6(),
		);
		fc.assert(
			fc.property(text, (address) => {
				const { family, words } = read(address);
				if (family === 0) return;
				const parsed = parseAddress(address) as Network;
				expect({ family, words }).toEqual({ family: parsed.family, words: [...parsed.words] });
			}),
			{ numRuns: 500 },
		);
	});

	it('reads every address in the form that fail2ban prints', () => {
		const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff }));
		fc.assert(
			fc.property(fc.tuple(word, word, word, word), fc.boolean(), (numbers, ipv4) => {
				const words = ipv4 ? ([0, 0, 0, numbers[3]] as const) : numbers;
				const network: Network = { family: ipv4 ? 4 : 6, words, bits: ipv4 ? 32 : 128 };
				const text = formatNetwork(network);
				// ipaddr.js writes some addresses with an IPv4 tail
				if (!ipv4 && text.includes('.')) return;
				const mapped = parseAddress(text)?.family !== network.family;
				expect(read(text)).toEqual({ family: mapped ? 0 : network.family, words: [...words] });
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		'',
		':',
		':::',
		'1::2::3',
		'1:2:3:4:5:6:7:8:9',
		'1:2:3:4:5:6:7:8::',
		'12345::',
		'1:',
		'::ffff:1.2.3.4',
		'1.2.3.4/8',
		'x',
	])('leaves %j to a closer look', (text) => {
		expect(read(text).family).toBe(0);
	});
});
