import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../src/backend/config/ConfigDocument.ts';
import { decodeConfig } from '../../../src/backend/config/decode.ts';

describe('decodeConfig', () => {
	it('names file and line of bytes that are no UTF-8', () => {
		const bytes = Buffer.from('[sshd]\r\n# ok \u00e9\r\n# gr\u00fc\u00df\n', 'latin1');
		expect(() => decodeConfig(bytes, 'jail.local')).toThrowError(
			expect.objectContaining({ code: 'not-utf8', place: { file: 'jail.local', line: 2 } }),
		);
		const later = Buffer.concat([Buffer.from('[sshd]\r\n# é\n\n# '), Buffer.from([0xff]), Buffer.from('\n')]);
		expect(() => decodeConfig(later, 'jail.local')).toThrowError(
			expect.objectContaining({ place: { file: 'jail.local', line: 4 } }),
		);
	});

	it('refuses encodings of surrogates and overlong forms', () => {
		for (const bytes of [
			[0xed, 0xa0, 0x80],
			[0xc0, 0xaf],
			[0xf5, 0x80, 0x80, 0x80],
		]) {
			expect(() => decodeConfig(Uint8Array.from(bytes), 'x')).toThrow('x:1: not UTF-8');
		}
	});

	it('keeps a byte order mark, on which fail2ban fails', () => {
		const text = decodeConfig(Buffer.from('\ufeff[a]\n'), 'x');
		expect(text).toBe('\ufeff[a]\n');
		expect(ConfigDocument.parse(text).errors).toHaveLength(1);
	});
});
