import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { valueOrRefusal } from '../../../src/backend/fail2ban/refusal.ts';

describe('valueOrRefusal', () => {
	test('gives the value of a good answer', () => {
		expect(valueOrRefusal([0, ['a']])).toEqual(['a']);
		expect(valueOrRefusal([0, null])).toBe(null);
	});

	test.each<[Answer, string]>([
		[{ exception: 'UnknownJailException', args: ['nope'] }, "Jail 'nope' is not running."],
		[{ exception: 'DuplicateJailException', args: ['sshd'] }, "Jail 'sshd' is already running."],
		[
			{ exception: 'OperationalError', args: ['database is locked'] },
			"fail2ban's database: database is locked",
		],
		[{ exception: 'KeyError', args: ['x'] }, "fail2ban does not know 'x'."],
		[{ exception: 'KeyError', args: ['Invalid Action name: x'] }, 'Invalid Action name: x'],
		[{ exception: 'IndexError', args: ['list index out of range'] }, 'The command lacks an argument.'],
		[{ exception: 'ValueError', args: ["not banned: ['x']"] }, "not banned: ['x']"],
		[{ exception: 'Exception', args: [] }, 'fail2ban failed: Exception'],
		[{ exception: 'FileNotFoundError', args: [2, 'No such file', '/x'] }, 'No such file: /x'],
		[
			{ exception: 'UnicodeDecodeError', args: ['utf-8', { $bytes: '/w==' }, 0] },
			'UnicodeDecodeError: utf-8, {"$bytes":"/w=="}, 0',
		],
		[{ $global: 'a.b', args: [12345678901234567890n] }, 'a.b: 12345678901234567890'],
		[null, 'null'],
	])('puts an exception into words: %#', (error, message) => {
		expect(valueOrRefusal([1, error])).toMatchObject({ code: 'refused', message });
	});

	test.each<[Answer]>([[[2, 'x']], [[0]], [null], [{}], [[]]])('refuses the answer %j', (answer) => {
		expect(valueOrRefusal(answer)).toMatchObject({ code: 'protocol' });
	});
});
