import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../src/backend/config/ConfigDocument.ts';
import { ConfigError } from '../../src/backend/config/ConfigError.ts';
import { decodeConfig } from '../../src/backend/config/decode.ts';
import { configText, configValue } from '../support/configText.ts';
import { type Release, releases } from '../support/fail2ban.ts';
import { type PythonReading, readByPython } from '../support/pythonConfig.ts';

function shippedFiles(release: Release): { name: string; bytes: Buffer }[] {
	return (readdirSync(release.stock, { recursive: true }) as string[])
		.filter((name) => /\.(conf|local)$/.test(name))
		.sort()
		.map((name) => ({ name, bytes: readFileSync(join(release.stock, name)) }));
}

/** A document in the form of Python's answer; what is wrong with a faulty file is not compared. */
function reading(text: string): PythonReading | { ok: false } {
	const document = ConfigDocument.parse(text);
	if (document.errors.length > 0) return { ok: false };
	const section = (name: string) =>
		Object.fromEntries(document.options(name).map((option) => [option, document.get(name, option) ?? '']));
	const names = document.sections().filter((name) => name !== 'DEFAULT');
	return {
		ok: true,
		defaults: section('DEFAULT'),
		sections: Object.fromEntries(names.map((name) => [name, section(name)])),
	};
}

function bare(answer: PythonReading | undefined): PythonReading | { ok: false } | undefined {
	return answer?.ok === false ? { ok: false } : answer;
}

function count(answer: PythonReading): number {
	if (!answer.ok) return 0;
	return [answer.defaults, ...Object.values(answer.sections)].reduce(
		(sum, section) => sum + Object.keys(section).length,
		0,
	);
}

/** 1.1.0 has the 1.0.2 parser less its Python 2 branches, so random texts are held against one of them. */
const [older] = releases();

const nasty: Record<string, Uint8Array> = {
	crlf: Buffer.from('[sshd]\r\nport = 22\r\n  23\r\n\r\n'),
	'lone carriage returns': Buffer.from('[sshd]\rport = 22\r 23\r'),
	'byte order mark': Buffer.from('\ufeff[sshd]\nport = 22\n'),
	'byte order mark before a comment': Buffer.from('\ufeff# hello\n[sshd]\n'),
	'no final newline': Buffer.from('[sshd]\nport = 22'),
	empty: Buffer.from(''),
	tabs: Buffer.from('[sshd]\n\tport\t=\t22\n\t\t23\n\tmaxretry = 1\n'),
	'comments inside a value': Buffer.from('[sshd]\nfailregex = a\n# no\n  ; no\n   b ; no\n\n  c\n'),
	colon: Buffer.from('[sshd]\nport: 22\nurl = http://x\nx:=y\n'),
	'inline comments': Buffer.from('[sshd] ; one\nport = 22 ; two\na = b;c\nd =;e\nf = ; g\nh = i # j\n'),
	percent: Buffer.from('[sshd]\na = %%Y %(b)s\nb = %\n'),
	'duplicate option': Buffer.from('[sshd]\na = 1\nA = 2\n'),
	'duplicate section': Buffer.from('[sshd]\na = 1\n[sshd]\nb = 2\n'),
	'DEFAULT twice': Buffer.from('[DEFAULT]\na = 1\n[sshd]\n[DEFAULT]\nb = 2\n'),
	'option of DEFAULT twice': Buffer.from('[DEFAULT]\na = 1\n[DEFAULT]\na = 2\n'),
	'form feeds': Buffer.from('[sshd]\n\fa = 1\n\f\fb = 2\n\f\n\fc = x\fy\n'),
	'line ends of other scripts': Buffer.from('[sshd]\na = 1\u0085b = 2\u2028c = 3\u2029\v\x1c d = 4\n'),
	'continuation after a blank line': Buffer.from('[sshd]\na = 1\n\n  2\n\n\n  3\n\nb = 4\n'),
	'deeper and shallower': Buffer.from('[sshd]\n    a = 1\n      2\n  b = 3\n    c = 4\nd = 5\n  [x]\n [y]\n'),
	'header like value': Buffer.from('[sshd]\na =\n  [x]\n  y = 1\n[x\n'),
	'no section': Buffer.from('a = 1\n'),
	'no name': Buffer.from('[sshd]\n= 1\n'),
	'no delimiter': Buffer.from('[sshd]\nabc\n'),
};

describe.each(releases())('configuration documents and the parser of fail2ban $version', (release) => {
	it('gives every shipped file back byte for byte, with the same values as Python', () => {
		const files = shippedFiles(release);
		const answers = readByPython(
			release,
			files.map((file) => file.bytes),
		);
		let identical = 0;
		let values = 0;
		files.forEach(({ name, bytes }, nth) => {
			const text = decodeConfig(bytes, name);
			expect(Buffer.from(ConfigDocument.parse(text).toString()).equals(bytes), name).toBe(true);
			identical++;
			expect(reading(text), name).toEqual(answers[nth]);
			values += count(answers[nth] as PythonReading);
		});
		console.log(`fail2ban ${release.version}: ${identical} of ${files.length} files, ${values} values equal`);
		expect(files.length).toBeGreaterThan(90);
	});

	it('sets every shipped option and changes nothing else in Python’s eyes', () => {
		const changed: Buffer[] = [];
		const expected: PythonReading[] = [];
		for (const { name, bytes } of shippedFiles(release)) {
			const document = ConfigDocument.parse(decodeConfig(bytes, name));
			const before = reading(document.toString());
			for (const section of document.sections()) {
				for (const option of document.options(section)) {
					const value = `${document.get(section, option)?.split('\n')[0]}x\ny`;
					changed.push(Buffer.from(document.set(section, option, value).toString()));
					const after = structuredClone(before);
					if (!after.ok) throw new Error(`${name} is faulty`);
					const target = section === 'DEFAULT' ? after.defaults : after.sections[section];
					if (target) target[option] = value;
					expected.push(after);
				}
			}
		}
		expect(readByPython(release, changed)).toEqual(expected);
		console.log(`fail2ban ${release.version}: ${changed.length} single changes equal`);
	});

	it.each(Object.entries(nasty))('reads as Python does: %s', (_, bytes) => {
		const [answer] = readByPython(release, [bytes]);
		const text = decodeConfig(bytes, 'x');
		expect(reading(text)).toEqual(bare(answer));
		expect(Buffer.from(ConfigDocument.parse(text).toString()).equals(bytes)).toBe(true);
	});

	it('refuses Latin-1, which Python cannot decode either', () => {
		const bytes = Buffer.from('[sshd]\n# gr\u00fc\u00df\n', 'latin1');
		expect(readByPython(release, [bytes])).toMatchObject([{ ok: false, error: 'UnicodeDecodeError' }]);
		expect(() => decodeConfig(bytes, 'x')).toThrow(ConfigError);
	});
});

describe('random texts and Python', () => {
	it('reads every text as Python does', () => {
		if (!older) throw new Error('no release');
		const texts = fc.sample(configText, 3000);
		const answers = readByPython(
			older,
			texts.map((text) => Buffer.from(text)),
		);
		texts.forEach((text, nth) => {
			expect(reading(text), JSON.stringify(text)).toEqual(bare(answers[nth]));
		});
		const sound = answers.filter((answer) => answer.ok).length;
		console.log(`${sound} of ${texts.length} random texts are sound`);
		expect(sound).toBeGreaterThan(300);
	});

	it('writes every accepted value so that Python reads it back, and nothing else changes', () => {
		if (!older) throw new Error('no release');
		const target = fc.record({
			text: configText,
			value: configValue,
			section: fc.constantFrom('sshd', 'DEFAULT', 'a', 'new one'),
			option: fc.constantFrom('bantime', 'findtime', 'port', 'ignoreip', 'fresh'),
		});
		const changed: { text: string; expected: PythonReading }[] = [];
		for (const { text, value, section, option } of fc.sample(target, 4000)) {
			const before = reading(text);
			if (!before.ok) continue;
			try {
				const next = ConfigDocument.parse(text).set(section, option, value);
				const expected = structuredClone(before);
				if (section === 'DEFAULT') expected.defaults[option] = value;
				else expected.sections[section] = { ...expected.sections[section], [option]: value };
				changed.push({ text: next.toString(), expected });
			} catch (error) {
				if (!(error instanceof ConfigError)) throw error;
			}
		}
		const answers = readByPython(
			older,
			changed.map(({ text }) => Buffer.from(text)),
		);
		changed.forEach(({ text, expected }, nth) => {
			expect(answers[nth], JSON.stringify(text)).toEqual(expected);
		});
		console.log(`${changed.length} random changes read back equal`);
		expect(changed.length).toBeGreaterThan(100);
	});
});
