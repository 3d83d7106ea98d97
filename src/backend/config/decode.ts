import { msg } from '../kit/message.ts';
import { ConfigError } from './ConfigError.ts';

/**
 * Text of a configuration file, strictly UTF-8, as fail2ban opens it; it skips a file that is not.
 * A byte order mark stays in the text, so that nothing is lost: the parser refuses it, as fail2ban's does.
 * @throws ConfigError 'not-utf8' with the line of the first bad byte.
 */
export function decodeConfig(bytes: Uint8Array, file: string): string {
	try {
		return decode(bytes);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		const line = firstBadLine(bytes);
		throw new ConfigError(
			'not-utf8',
			msg('{0}:{1}: not UTF-8; fail2ban ignores the whole file. Convert it, e.g. with iconv.', file, line),
			{ file, line },
		);
	}
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** No line end is part of a longer UTF-8 sequence, so each line can be tried on its own. */
function firstBadLine(bytes: Uint8Array): number {
	let line = 1;
	for (let start = 0; start < bytes.length; line++) {
		let end = start;
		while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++;
		try {
			decode(bytes.subarray(start, end));
		} catch (error) {
			if (!(error instanceof TypeError)) throw error;
			return line;
		}
		start = end + (bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? 2 : 1);
	}
	return line;
}
