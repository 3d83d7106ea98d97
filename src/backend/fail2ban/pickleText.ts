import { ServerError } from './Fail2banServer.ts';

/** Python prints and reads no longer number itself; longer ones would cost quadratic time. */
const MAX_DIGITS = 4300;
const MAX_LONG_BYTES = 2048;
/** How Python writes the floats that have no digits. */
const SPECIAL = new Map([
	['inf', Infinity],
	['-inf', -Infinity],
	['nan', Number.NaN],
]);

/** A whole number in decimal digits. */
export function integer(text: string): number | bigint {
	if (text.length > MAX_DIGITS || !/^-?\d+$/.test(text)) {
		throw new ServerError('protocol', 'The answer holds an invalid number.');
	}
	return narrow(BigInt(text));
}

function narrow(value: bigint): number | bigint {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** Two's complement, little-endian. */
export function long(bytes: Buffer): number | bigint {
	if (bytes.length > MAX_LONG_BYTES) throw new ServerError('protocol', 'The answer holds too long a number.');
	if (bytes.length === 0) return 0;
	const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
	return narrow(BigInt.asIntN(8 * bytes.length, value));
}

/** A number as Python's repr writes it. */
export function float(text: string): number {
	const value = SPECIAL.get(text) ?? (/^-?\d+(\.\d*)?(e[+-]?\d+)?$/.test(text) ? Number(text) : undefined);
	if (value === undefined) throw new ServerError('protocol', 'The answer holds an invalid number.');
	return value;
}

/** Protocol 0 writes text as Latin-1, with \uXXXX and \UXXXXXXXX for the rest and for the backslash. */
export function rawUnicode(text: string): string {
	return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
		const code = Number.parseInt(short ?? (long as string), 16);
		if (code > 0x10ffff) throw new ServerError('protocol', 'The answer holds an invalid character.');
		return String.fromCodePoint(code);
	});
}
