/** One server command of `fail2ban-client -d`, e.g. ['set', 'sshd', 'maxretry', 5]. */
export type DumpCommand = readonly DumpValue[];
export type DumpValue =
	| string
	| number
	| boolean
	| null
	| readonly DumpValue[]
	| { readonly [key: string]: DumpValue };

/**
 * What `fail2ban-client -d` prints: one Python list a line. Lines that start otherwise (warnings) are skipped.
 * @throws SyntaxError on a line that starts as a list and is none.
 */
export function parseDump(text: string): DumpCommand[] {
	return text
		.split(/\r?\n/)
		.filter((line) => line.startsWith('['))
		.map((line) => new Literal(line).list());
}

const escapes: Record<string, string> = {
	n: '\n',
	r: '\r',
	t: '\t',
	'\\': '\\',
	"'": "'",
	'"': '"',
	a: '\x07',
	b: '\b',
	f: '\f',
	v: '\v',
};
const codeLengths: Record<string, number> = { x: 2, u: 4, U: 8 };

/** A Python literal as `repr()` writes it; nothing is evaluated. */
class Literal {
	private at = 0;

	constructor(private readonly text: string) {}

	list(): DumpCommand {
		const value = this.value();
		if (!Array.isArray(value) || this.at < this.text.trimEnd().length) throw this.fault();
		return value;
	}

	private value(): DumpValue {
		this.blank();
		const character = this.text[this.at] ?? '';
		if (character === '[') return this.items(']');
		if (character === '(') return this.items(')');
		if (character === '{') return this.dict();
		if (character === "'" || character === '"') return this.string(character);
		return this.word();
	}

	private items(end: string): DumpValue[] {
		const items: DumpValue[] = [];
		this.at++;
		for (;;) {
			if (this.skip(end)) return items;
			items.push(this.value());
			if (!this.skip(',') && !this.peek(end)) throw this.fault();
		}
	}

	private dict(): { [key: string]: DumpValue } {
		const entries: [string, DumpValue][] = [];
		this.at++;
		while (!this.skip('}')) {
			const key = this.value();
			if (!this.skip(':')) throw this.fault();
			entries.push([String(key), this.value()]);
			if (!this.skip(',') && !this.peek('}')) throw this.fault();
		}
		return Object.fromEntries(entries);
	}

	private string(quote: string): string {
		let result = '';
		for (this.at++; this.at < this.text.length; this.at++) {
			const character = this.text[this.at] ?? '';
			if (character === quote) {
				this.at++;
				return result;
			}
			result += character === '\\' ? this.escape() : character;
		}
		throw this.fault();
	}

	/** Leaves the position on the escape's last character. */
	private escape(): string {
		const character = this.text[++this.at] ?? '';
		const length = codeLengths[character];
		if (length === undefined) {
			const plain = escapes[character];
			if (plain === undefined) throw this.fault();
			return plain;
		}
		const digits = this.text.slice(this.at + 1, this.at + 1 + length);
		if (!/^[0-9a-f]+$/i.test(digits) || digits.length < length || Number.parseInt(digits, 16) > 0x10ffff) {
			throw this.fault();
		}
		this.at += length;
		return String.fromCodePoint(Number.parseInt(digits, 16));
	}

	private word(): DumpValue {
		const word = /^[\w.+-]+/.exec(this.text.slice(this.at))?.[0] ?? '';
		this.at += word.length;
		if (word === 'None') return null;
		if (word === 'True') return true;
		if (word === 'False') return false;
		if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(word)) return Number(word);
		throw this.fault();
	}

	private skip(character: string): boolean {
		if (!this.peek(character)) return false;
		this.at++;
		return true;
	}

	private peek(character: string): boolean {
		this.blank();
		return this.text[this.at] === character;
	}

	private blank(): void {
		while (this.text[this.at] === ' ') this.at++;
	}

	private fault(): SyntaxError {
		return new SyntaxError(`No Python list: ${this.text.slice(0, 80)} (at ${this.at})`);
	}
}
