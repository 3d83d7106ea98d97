import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../src/backend/config/ConfigDocument.ts';
import { ConfigError } from '../../../src/backend/config/ConfigError.ts';
import { splitLines, strip } from '../../../src/backend/config/pythonText.ts';
import { configText, configValue } from '../../support/configText.ts';

function changed(text: string, section: string, option: string, value: string): string {
	return ConfigDocument.parse(text).set(section, option, value).toString();
}

function codeOf(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		if (error instanceof ConfigError) return error.code;
		throw error;
	}
	return 'none';
}

const sample = `# head

[DEFAULT]
bantime  = 10m ; short
ignoreip = 127.0.0.1/8 ::1 ; local
           192.0.2.1 ; office
           # home
           198.51.100.7

[sshd]
port: ssh
# end
`;

describe('ConfigDocument', () => {
	it('prints back any text', () => {
		fc.assert(
			fc.property(configText, (text) => ConfigDocument.parse(text).toString() === text),
			{
				numRuns: 500,
			},
		);
	});

	it('reads back what it set, and leaves comments and other lines alone', () => {
		const section = fc.constantFrom('sshd', 'DEFAULT', 'a');
		const option = fc.constantFrom('bantime', 'port', 'fresh');
		const arbitraries = [configText, configValue, section, option] as const;
		let accepted = 0;
		fc.assert(
			fc.property(...arbitraries, (text, value, section, option) => {
				const before = ConfigDocument.parse(text);
				let after: ConfigDocument;
				try {
					after = before.set(section, option, value);
				} catch (error) {
					if (error instanceof ConfigError) return;
					throw error;
				}
				accepted++;
				expect(after.get(section, option)).toBe(value);
				expect(comments(after)).toEqual(comments(before));
				for (const [name, other] of all(before)) {
					if (name !== section || other !== option) {
						expect(after.get(name, other)).toBe(before.get(name, other));
					}
				}
			}),
			{ numRuns: 1000 },
		);
		expect(accepted).toBeGreaterThan(20);
	});

	it('changes nothing when the value is the current one', () => {
		fc.assert(
			fc.property(configText, (text) => {
				const document = ConfigDocument.parse(text);
				if (document.errors.length > 0) return;
				for (const [section, option] of all(document)) {
					const value = document.get(section, option) ?? '';
					expect(document.set(section, option, value)).toBe(document);
					const lines = document.valueLines(section, option) ?? [];
					expect(document.setLines(section, option, lines)).toBe(document);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('takes a new section away again without a trace', () => {
		fc.assert(
			fc.property(configText, (text) => {
				const document = ConfigDocument.parse(text);
				// A file that ends in a blank line lends it to the new section.
				if (document.errors.length > 0 || strip(splitLines(text).at(-1)?.text ?? '') === '') return;
				const added = document.set('fresh', 'a', '1');
				expect(added.deleteSection('fresh').toString()).toBe(text);
			}),
			{ numRuns: 500 },
		);
	});

	it('keeps an inline comment when its value changes', () => {
		expect(changed(sample, 'DEFAULT', 'bantime', '2h')).toBe(sample.replace('10m', '2h'));
	});

	it('keeps each line’s comment with its text when a line above goes', () => {
		expect(changed(sample, 'DEFAULT', 'ignoreip', '192.0.2.1\n198.51.100.7')).toBe(
			sample.replace(/ignoreip[\s\S]*?# home/, 'ignoreip = 192.0.2.1 ; office\n           # home'),
		);
	});

	it('adds a line below the last one with the same indentation', () => {
		const value = '127.0.0.1/8 ::1\n192.0.2.1\n198.51.100.7\n203.0.113.0/24';
		expect(changed(sample, 'DEFAULT', 'ignoreip', value)).toBe(
			sample.replace('198.51.100.7\n', '198.51.100.7\n           203.0.113.0/24\n'),
		);
	});

	it('sets the comment of one value line', () => {
		const document = ConfigDocument.parse(sample);
		const lines = document.valueLines('DEFAULT', 'ignoreip') ?? [];
		expect(lines.map((line) => line.comment)).toEqual(['local', 'office', '']);
		const next = document.setLines('DEFAULT', 'ignoreip', [
			...lines.slice(0, 1),
			{ value: '192.0.2.1', comment: 'new office' },
			{ value: '198.51.100.7', comment: 'home' },
		]);
		expect(next.toString()).toBe(
			sample.replace('; office', '; new office').replace('198.51.100.7', '198.51.100.7 ; home'),
		);
		const bare = next.setLines('DEFAULT', 'ignoreip', [{ value: '192.0.2.1' }]);
		expect(bare.toString()).toBe(
			sample.replace(/ignoreip[\s\S]*198.51.100.7/, 'ignoreip = 192.0.2.1\n           # home'),
		);
	});

	it('puts a new option behind the last one of its section', () => {
		expect(changed(sample, 'DEFAULT', 'maxretry', '3')).toBe(
			sample.replace('198.51.100.7\n', '198.51.100.7\nmaxretry = 3\n'),
		);
		expect(changed(sample, 'sshd', 'failregex', '\na\nb')).toBe(
			sample.replace('port: ssh\n', 'port: ssh\nfailregex =\n    a\n    b\n'),
		);
	});

	it('puts a new section behind one blank line at the end', () => {
		expect(changed(sample, 'pve', 'enabled', 'true')).toBe(`${sample}\n[pve]\nenabled = true\n`);
		expect(changed('[a]\nb = 1\n\n', 'pve', 'c', '2')).toBe('[a]\nb = 1\n\n[pve]\nc = 2\n');
		expect(changed('', 'pve', 'c', '2')).toBe('[pve]\nc = 2\n');
	});

	it('keeps CRLF line ends and a missing final newline', () => {
		expect(changed('[a]\r\nb = 1\r\n', 'a', 'b', '2\n3')).toBe('[a]\r\nb = 2\r\n    3\r\n');
		expect(changed('[a]\r\nb = 1\r\n', 'c', 'd', '2')).toBe('[a]\r\nb = 1\r\n\r\n[c]\r\nd = 2\r\n');
		expect(changed('[a]\nb = 1', 'a', 'c', '2')).toBe('[a]\nb = 1\nc = 2');
		expect(ConfigDocument.parse('[a]\nb = 1\nc = 2').delete('a', 'c').toString()).toBe('[a]\nb = 1');
	});

	it('writes an empty value and fills it again', () => {
		expect(changed('[a]\nb = 1 ; x\n', 'a', 'b', '')).toBe('[a]\nb =  ; x\n');
		expect(changed('[a]\nb = ; x\n', 'a', 'b', '1')).toBe('[a]\nb = 1 ; x\n');
		expect(changed('[a]\nb=\n', 'a', 'b', '1')).toBe('[a]\nb= 1\n');
	});

	it('deletes an option with its value lines and nothing else', () => {
		const next = ConfigDocument.parse(sample).delete('DEFAULT', 'IgnoreIP');
		expect(next.toString()).toBe(sample.replace(/ignoreip[\s\S]*?# home\n.*\n/, '           # home\n'));
		expect(next.delete('DEFAULT', 'ignoreip')).toBe(next);
	});

	it('deletes a section and keeps the comments behind it', () => {
		expect(ConfigDocument.parse(sample).deleteSection('sshd').toString()).toBe(
			sample.replace('[sshd]\nport: ssh\n', ''),
		);
		expect(ConfigDocument.parse(sample).deleteSection('DEFAULT').sections()).toEqual(['sshd']);
	});

	it('compares options in lower case and sections as they are', () => {
		const document = ConfigDocument.parse('[Sshd]\nBanTime = 1\n');
		expect(document.get('Sshd', 'BANTIME')).toBe('1');
		expect(document.get('sshd', 'bantime')).toBeUndefined();
		expect(document.set('Sshd', 'bantime', '2').toString()).toBe('[Sshd]\nBanTime = 2\n');
		expect(document.lineOf('Sshd', 'bantime')).toBe(2);
	});

	it.each([
		'a ; b',
		'; b',
		'#b',
		'a\n# b',
		'a\n;b',
		'a\u0000',
		'a\rb',
		'a\u001bb',
		'a\u0085b',
		'a\u2028b',
		' a',
		'a ',
		'a\n',
		'a\n\n',
		'\ud800',
	])('refuses a value that fail2ban would not read back: %j', (value) => {
		const document = ConfigDocument.parse('[a]\nb = 1\n');
		expect(codeOf(() => document.set('a', 'b', value))).toBe('bad-value');
		expect(codeOf(() => document.set('a', 'new', value))).toBe('bad-value');
	});

	it.each(['a=b', 'a:b', 'a b', '#a', ';a', '[a', '', 'a\nb', '%(a)s'])(
		'refuses the option name %j',
		(name) => {
			expect(codeOf(() => ConfigDocument.parse('[a]\n').set('a', name, '1'))).toBe('bad-option');
		},
	);

	it.each(['a]', '[a', '', 'a\nb', 'a ; b', 'a\u0000', ' a'])('refuses the section name %j', (name) => {
		expect(codeOf(() => ConfigDocument.parse('').set(name, 'a', '1'))).toBe('bad-section');
	});

	it.each([
		['[a]\nb = 1\nB = 2\n', 3, 'The option b appears twice in [a].'],
		['[a]\n\n[a]\n', 3, 'The section [a] appears twice.'],
		['[DEFAULT]\nb = 1\n[DEFAULT]\nb = 2\n', 4, 'The option b appears twice in [DEFAULT].'],
		['b = 1\n', 1, 'No section header before this line.'],
		['[a]\nb\n', 2, 'Neither a section, an option nor a comment.'],
		['\ufeff[a]\n', 1, 'The file starts with a byte order mark.'],
	])('says why fail2ban refuses %j and does not change it', (text, line, message) => {
		const document = ConfigDocument.parse(text, 'x.conf');
		expect(document.errors[0]).toMatchObject({ line });
		expect(String(document.errors[0]?.message)).toBe(message);
		expect(codeOf(() => document.set('a', 'b', '3'))).toBe('faulty-file');
		expect(codeOf(() => document.delete('a', 'b'))).toBe('faulty-file');
		expect(codeOf(() => document.deleteSection('a'))).toBe('faulty-file');
		expect(document.toString()).toBe(text);
	});

	it('refuses a change that indentation would carry into another value', () => {
		const document = ConfigDocument.parse('[a]\nx = 1\n[b]\n    y = 2\n    [c]\nz = 3\n');
		expect(document.sections()).toEqual(['a', 'b', 'c']);
		expect(codeOf(() => document.deleteSection('b'))).toBe('bad-value');
	});

	it('replaces one of several thousand lines in place', () => {
		const addresses = Array.from({ length: 3000 }, (_, nth) => `10.0.${nth >> 8}.${nth & 255}`);
		const text = `[a]\nignoreip = ${addresses.map((ip, nth) => `${ip} ; n${nth}`).join('\n  ')}\n`;
		const next = addresses.filter((_, nth) => nth !== 7 && nth !== 2500);
		expect(changed(text, 'a', 'ignoreip', next.join('\n'))).toBe(
			text.replace(/ {2}10\.0\.0\.7 .*\n/, '').replace(/ {2}\S+ ; n2500\n/, ''),
		);
	});
});

function all(document: ConfigDocument): [string, string][] {
	return document
		.sections()
		.flatMap((section) => document.options(section).map((option) => [section, option] as [string, string]));
}

/** Full-line comments, which no change may touch. */
function comments(document: ConfigDocument): string[] {
	return splitLines(document.toString())
		.map(({ text }) => text)
		.filter((text) => /^[#;]/.test(strip(text)));
}
