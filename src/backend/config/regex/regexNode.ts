import type { CharSet } from './CharSet.ts';

/** What fail2ban finds an address with: one of its tags for an address, or a group that it takes as the id. */
export type HostKind = 'ip' | 'ip6' | 'dns' | 'cidr';

/** A regular expression as fail2ban hands it to Python, its tags included. */
export type RegexNode =
	| { kind: 'text'; text: string }
	| { kind: 'set'; set: CharSet }
	| { kind: 'sequence'; parts: RegexNode[] }
	| { kind: 'choice'; branches: RegexNode[] }
	| { kind: 'repeat'; min: number; max: number; lazy: boolean; possessive: boolean; body: RegexNode }
	/** name null: it captures without a name, or not at all (index null). */
	| { kind: 'group'; name: string | null; index: number | null; body: RegexNode }
	| { kind: 'look'; behind: boolean; negative: boolean; body: RegexNode }
	| { kind: 'anchor'; sign: '^' | '$' | 'A' | 'Z' | 'b' | 'B' }
	| { kind: 'backreference'; group: string | number }
	| { kind: 'condition'; group: string | number; yes: RegexNode; no: RegexNode }
	| { kind: 'host'; host: HostKind }
	/** `<SKIPLINES>`: a line end and any lines. */
	| { kind: 'lines' };

/** An expression that this parser does not understand; whether Python does is another question. */
export class RegexSyntaxError extends Error {
	constructor(
		message: string,
		readonly at: number,
	) {
		super(message);
		this.name = 'RegexSyntaxError';
	}
}
