/** Code points of ASCII, and one bit for all others, which log lines seldom have. */
const SIZE = 129;
const OTHER = 128;

/** Most likely characters first, so that samples can be read. */
const preferred = 'a1 x-./:_=,;';

/** A set of characters as a regular expression's class has it. Immutable. */
export class CharSet {
	static readonly none = new CharSet(new Uint8Array(SIZE));
	static readonly all = CharSet.none.negate();
	static readonly digits = CharSet.range('0', '9');
	static readonly spaces = CharSet.of(' \t\n\r\f\v');
	static readonly word = CharSet.range('a', 'z')
		.union(CharSet.range('A', 'Z'))
		.union(CharSet.digits)
		.union(CharSet.of('_'));
	static readonly noLineEnd = CharSet.of('\n').negate();

	private constructor(private readonly bits: Uint8Array) {}

	static of(text: string): CharSet {
		const bits = new Uint8Array(SIZE);
		for (const sign of text) bits[bitOf(sign)] = 1;
		return new CharSet(bits);
	}

	/** Both ends included. */
	static range(from: string, to: string): CharSet {
		const bits = new Uint8Array(SIZE);
		for (let bit = bitOf(from); bit <= bitOf(to); bit++) bits[bit] = 1;
		return new CharSet(bits);
	}

	has(sign: string): boolean {
		return this.bits[bitOf(sign)] === 1;
	}

	hasAll(text: string): boolean {
		return [...text].every((sign) => this.has(sign));
	}

	union(other: CharSet): CharSet {
		return new CharSet(this.bits.map((bit, nth) => bit | (other.bits[nth] ?? 0)));
	}

	common(other: CharSet): CharSet {
		return new CharSet(this.bits.map((bit, nth) => bit & (other.bits[nth] ?? 0)));
	}

	negate(): CharSet {
		return new CharSet(this.bits.map((bit) => 1 - bit));
	}

	get isEmpty(): boolean {
		return this.bits.every((bit) => bit === 0);
	}

	/** A printable character of the set where there is one; undefined: the set is empty. */
	pick(): string | undefined {
		for (const sign of preferred) if (this.has(sign)) return sign;
		for (let code = 33; code < 127; code++) if (this.bits[code]) return String.fromCharCode(code);
		const code = this.bits.indexOf(1);
		if (code === -1) return undefined;
		return code === OTHER ? '\u00e9' : String.fromCharCode(code);
	}

	/** Letters of any kind can stand in it, so it is likely to hold a name. */
	get isText(): boolean {
		return this.hasAll('abcxyz');
	}

	/** Text that is expected to hold no blank, though the log may print one. */
	get isWord(): boolean {
		return this.isText && !this.has(' ');
	}
}

function bitOf(sign: string): number {
	return Math.min(sign.codePointAt(0) ?? 0, OTHER);
}
