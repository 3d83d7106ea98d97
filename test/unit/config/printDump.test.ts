import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DumpCommand, parseDump } from '../../../src/backend/config/dump.ts';
import { printCommand } from '../../../src/backend/config/printDump.ts';

describe('printCommand', () => {
	it('writes what Python prints', () => {
		expect(printCommand(['set', 'sshd', 'maxretry', 5])).toBe("['set', 'sshd', 'maxretry', 5]");
		expect(printCommand(['a', true, false, null, { key: 1.5 }])).toBe(
			"['a', True, False, None, {'key': 1.5}]",
		);
		expect(printCommand(["it's", 'say "it\'s"', 'a\\b\n\t\x1b'])).toBe(
			`["it's", 'say "it\\'s"', 'a\\\\b\\n\\t\\x1b']`,
		);
	});

	it('is read back as the same command, always on one line', () => {
		const text = fc.string({
			unit: fc.constantFrom("'", '"', '\\', '\n', '\r', '\u2028', 'é', '😀', 'a', '\ud800'),
		});
		const value = fc.letrec((tie) => ({
			any: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), tie('list')),
			list: fc.array(tie('any'), { maxLength: 4 }),
		})).list;
		fc.assert(
			fc.property(value, (command) => {
				const line = printCommand(command as DumpCommand);
				expect(line).not.toMatch(/[\n\r\u2028]/);
				expect(parseDump(line)).toEqual([command]);
			}),
			{ numRuns: 300 },
		);
	});
});
