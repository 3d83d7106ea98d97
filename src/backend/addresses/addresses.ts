import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address (all bits) or a network, host bits cleared. An IPv4 address stands in the last word. */
export interface Network {
	family: 4 | 6;
	words: readonly [number, number, number, number];
	/** Length of the prefix: 0–32 or 0–128. */
	bits: number;
}

function ipv4Number(text: string): number {
	let number = 0;
	let part = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 46) {
			number = number * 256 + part;
			part = 0;
		} else part = part * 10 + code - 48;
	}
	return number * 256 + part;
}

/**
 * One literal address: four decimal numbers, or IPv6 without a zone. IPv4-mapped IPv6 (`::ffff:192.0.2.1`)
 * is IPv4, as fail2ban takes it. null for everything else.
 */
export function parseAddress(text: string): Network | null {
	if (isIPv4(text)) return { family: 4, words: [0, 0, 0, ipv4Number(text)], bits: 32 };
	if (!isIPv6(text) || text.includes('%')) return null;
	// the old form ::192.0.2.1 is another address to fail2ban than to ipaddr.js
	if (/^::\d+\./.test(text)) return null;
	const { parts } = ipaddr.IPv6.parse(text);
	const word = (at: number) => (parts[at] as number) * 65_536 + (parts[at + 1] as number);
	const words = [word(0), word(2), word(4), word(6)] as const;
	if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
		return { family: 4, words: [0, 0, 0, words[3]], bits: 32 };
	}
	return { family: 6, words, bits: 128 };
}

/** An address or a CIDR; host bits are cleared, as fail2ban does. null for everything else. */
export function parseNetwork(text: string): Network | null {
	const [address = '', prefix, ...rest] = text.split('/');
	const parsed = parseAddress(address);
	if (parsed === null || rest.length > 0) return null;
	if (prefix === undefined) return parsed;
	const mapped = parsed.family === 4 && address.includes(':');
	const bits = Number(prefix) - (mapped ? 96 : 0);
	if (!/^\d{1,3}$/.test(prefix) || bits < 0 || bits > parsed.bits) return null;
	const lead = 128 - parsed.bits + bits;
	const [a, b, c, d] = parsed.words;
	const words = [mask(a, lead), mask(b, lead - 32), mask(c, lead - 64), mask(d, lead - 96)] as const;
	return { family: parsed.family, words, bits };
}

/** Keeps the first `bits` of a 32-bit word. */
function mask(word: number, bits: number): number {
	if (bits >= 32) return word;
	if (bits <= 0) return 0;
	const step = 2 ** (32 - bits);
	return Math.floor(word / step) * step;
}

export function contains(outer: Network, inner: Network): boolean {
	return inner.bits >= outer.bits && holds(outer, inner.family, inner.words);
}

/** Whether the address of these words is in the network; for tables that keep no objects. */
export function holds(network: Network, family: number, words: ArrayLike<number>, at = 0): boolean {
	if (network.family !== family) return false;
	const lead = family === 4 ? 96 + network.bits : network.bits;
	for (let i = family === 4 ? 3 : 0; i < 4 && lead > i * 32; i++) {
		if (mask(words[at + i] as number, lead - i * 32) !== network.words[i]) return false;
	}
	return true;
}

export function isSingle(network: Network): boolean {
	return network.bits === (network.family === 4 ? 32 : 128);
}

/** Wider than /8 or /32 ignores a good part of the Internet. */
export function tooWideToIgnore({ family, bits }: Network): boolean {
	return bits < (family === 4 ? 8 : 32);
}

/** Wider than /24 or /48: more than one customer of a provider. */
export function isWide(network: Network): boolean {
	return network.bits < (network.family === 4 ? 24 : 48);
}

/** As fail2ban prints it: IPv6 in its short lower-case form, a prefix only on networks. */
export function formatNetwork(network: Network): string {
	const [a, b, c, d] = network.words;
	const text =
		network.family === 4
			? [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255].join('.')
			: new ipaddr.IPv6([a, b, c, d].flatMap((word) => [word >>> 16, word & 0xffff])).toRFC5952String();
	return isSingle(network) ? text : `${text}/${network.bits}`;
}

/** Addresses of the machine itself. */
export const loopback: readonly string[] = ['127.0.0.0/8', '::1'];

/** Splits at commas, semicolons and white space, as PVE's list formats do. */
export function splitList(text: string): string[] {
	return text.split(/[\s,;]+/).filter(Boolean);
}
