/** How a language chooses the form of a text by a count, from the header `Plural-Forms` of its catalogue. */
export interface PluralForms {
	count: number;
	/** The expression as JavaScript, made of nothing but `n`, whole numbers and operators. */
	expression: string;
	formOf(n: number): number;
}

type Node = (n: number) => number;

/** Binary operators, weakest first. */
const levels: readonly Record<string, (a: number, b: number) => number>[] = [
	{ '||': (a, b) => Number(a !== 0 || b !== 0) },
	{ '&&': (a, b) => Number(a !== 0 && b !== 0) },
	{ '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
	{
		'<=': (a, b) => Number(a <= b),
		'>=': (a, b) => Number(a >= b),
		'<': (a, b) => Number(a < b),
		'>': (a, b) => Number(a > b),
	},
	{ '+': (a, b) => a + b, '-': (a, b) => a - b },
	{ '*': (a, b) => a * b, '%': (a, b) => a % b },
];

/** Reads C's expressions as far as catalogues use them; it never runs a text as a program. */
class Parser {
	readonly tokens: string[];
	#at = 0;

	constructor(text: string) {
		this.tokens = text.match(/\d+|n|\|\||&&|[=!<>]=|[<>!?:()%*+-]|\S/g) ?? [];
	}

	expression(): Node {
		const whole = this.#conditional();
		if (this.#at < this.tokens.length) throw new Error(`'${this.tokens[this.#at]}' is out of place`);
		return whole;
	}

	#take(token: string): boolean {
		if (this.tokens[this.#at] !== token) return false;
		this.#at++;
		return true;
	}

	#conditional(): Node {
		const test = this.#binary(0);
		if (!this.#take('?')) return test;
		const yes = this.#conditional();
		if (!this.#take(':')) throw new Error("':' is missing");
		const no = this.#conditional();
		return (n) => (test(n) !== 0 ? yes(n) : no(n));
	}

	#binary(level: number): Node {
		const operators = levels[level];
		if (operators === undefined) return this.#single();
		let left = this.#binary(level + 1);
		for (;;) {
			const operator = this.tokens[this.#at] ?? '';
			const combine = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
			if (combine === undefined) return left;
			this.#at++;
			const [before, after] = [left, this.#binary(level + 1)];
			left = (n) => combine(before(n), after(n));
		}
	}

	#single(): Node {
		if (this.#take('!')) {
			const inner = this.#single();
			return (n) => Number(inner(n) === 0);
		}
		if (this.#take('(')) {
			const inner = this.#conditional();
			if (!this.#take(')')) throw new Error("')' is missing");
			return inner;
		}
		if (this.#take('n')) return (n) => n;
		const token = this.tokens[this.#at++] ?? 'the end';
		if (!/^\d+$/.test(token)) throw new Error(`'${token}' is out of place`);
		return () => Number(token);
	}
}

/** Throws Error for a header that is not understood, or that names a form which the language does not have. */
export function parsePluralForms(header: string | undefined): PluralForms {
	const [, digits, text = ''] = /^nplurals\s*=\s*(\d)\s*;\s*plural\s*=\s*([^;]+);?$/.exec(header ?? '') ?? [];
	if (digits === undefined) throw new Error('Plural-Forms is missing or not understood');
	const count = Number(digits);
	const parser = new Parser(text);
	const formOf = parser.expression();
	for (let n = 0; n <= 1000; n++) {
		const form = formOf(n);
		if (!Number.isInteger(form) || form < 0 || form >= count)
			throw new Error(`Plural-Forms gives ${n} the form ${form} of ${count}`);
	}
	return { count, expression: parser.tokens.join(''), formOf };
}
