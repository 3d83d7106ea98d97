import { CharSet } from './CharSet.ts';
import type { HostKind, RegexNode } from './regexNode.ts';

export interface Field {
	set: CharSet;
	/** Texts that a look ahead keeps out of it. */
	without: readonly string[];
}

/** A part of a sample line, in the order of the line. */
export interface SamplePart {
	text: string;
	/** What may stand here in any length, for a part that is long and free; else null. */
	field: Field | null;
	/** What stands for the address. */
	host: boolean;
	/** It belongs to the failregex, not to the prefregex around it. */
	content: boolean;
	/** It stands in the host and program at the start of the line. */
	head: boolean;
	/** Its group, or at least the text before it, says that a user chose it. */
	user: 'group' | 'word' | null;
	/** A quotation mark stands before it. */
	quoted: boolean;
}

/** Which of the lines that an expression matches is built. */
export interface Variant {
	/**
	 * What may be left out. head: only the host and the program at the start of a line, as syslog writes them;
	 * bare: not even these; full: nothing.
	 */
	shape: 'head' | 'full' | 'bare';
	/** The branch of each choice, counted from 0; the last one if there are fewer. */
	branch: number;
	/** That of all choices but the first one, where it differs. */
	rest?: number;
}

/** Enough for the shapes of real filters; each costs a few lines to try. */
export const variants: readonly Variant[] = [
	...[0, 1, 2].map((branch) => ({ shape: 'head' as const, branch })),
	...[0, 1].map((branch) => ({ shape: 'full' as const, branch })),
	{ shape: 'full', branch: 1, rest: 0 },
	{ shape: 'bare', branch: 0 },
];

/** The address of a sample, of a network that is for documentation (RFC 5737, RFC 3849). */
const hosts: Readonly<Record<HostKind, string>> = {
	ip: '192.0.2.77',
	ip6: '2001:db8::77',
	dns: 'host.example',
	cidr: '24',
};

/** Groups by which fail2ban knows whom to ban. */
const idGroups = new Set(['ip4', 'ip6', 'dns', 'fid']);

const userWord = /(?:users?|login|log-in|name|account|acct|\bfor)\W*$/i;

/** What syslog writes at the start of a line: a host name, or a program with its number. */
const headWord = /^\S+\s+$/;
const noHead = /kernel:|@vserver|ID |^</;

/** From how many characters on a part counts as free. */
const LONG = 20;

/** So much of an expression at most, however its repetitions are nested. */
const MAX_STEPS = 5000;

/** A line that an expression is likely to match; whether it does is for fail2ban to say. */
export function sampleLine(node: RegexNode, variant: Variant, prefix?: RegexNode): SamplePart[] {
	const inner = new Sampler(variant, true, [], prefix === undefined).build(node);
	if (prefix === undefined) return inner;
	return new Sampler(variant, false, inner, true).build(prefix);
}

export function lineOf(parts: readonly SamplePart[]): string {
	return parts.map(({ text }) => text).join('');
}

class Sampler {
	readonly #parts: SamplePart[] = [];
	/** What each group that took part matched. */
	readonly #groups = new Map<string | number, string>();
	#inHead = false;
	#steps = 0;
	#choices = 0;
	#userGroups = 0;

	/**
	 * @param inner stands for what the prefregex hands on
	 * @param head the start of the line is still to come
	 */
	constructor(
		private readonly variant: Variant,
		private readonly content: boolean,
		private readonly inner: readonly SamplePart[],
		private head: boolean,
	) {}

	build(node: RegexNode): SamplePart[] {
		this.#add(node);
		return this.#parts;
	}

	#push(text: string, field: Field | null = null, host = false): void {
		if (text === '' && !host) return;
		if (text.trim() !== '') this.head &&= this.#inHead;
		const last = this.#parts.at(-1);
		const before = last && !last.host && last.field === null ? last : undefined;
		const plain = field === null && !host;
		if (plain && before && before.content === this.content && before.head === this.#inHead) {
			before.text += text;
			return;
		}
		const word = userWord.test(before?.text ?? '') ? 'word' : null;
		const user = this.#userGroups > 0 ? 'group' : word;
		const quoted = /["']$/.test(before?.text ?? '');
		this.#parts.push({ text, field, host, content: this.content, head: this.#inHead, user, quoted });
	}

	#add(node: RegexNode): void {
		if (++this.#steps > MAX_STEPS) return;
		switch (node.kind) {
			case 'text':
				this.#push(node.text);
				break;
			case 'set':
				this.#push(node.set.pick() ?? '');
				break;
			case 'sequence':
				for (const part of node.parts) this.#add(part);
				break;
			case 'choice': {
				const { branch, rest = branch } = this.variant;
				const wanted = this.#choices++ === 0 ? branch : rest;
				const chosen = node.branches[Math.min(wanted, node.branches.length - 1)];
				if (chosen) this.#add(chosen);
				break;
			}
			case 'repeat':
				this.#repeat(node);
				break;
			case 'group':
				this.#group(node);
				break;
			case 'backreference':
				this.#push(this.#groups.get(node.group) ?? '');
				break;
			case 'condition':
				this.#add(this.#groups.has(node.group) ? node.yes : node.no);
				break;
			case 'host':
				this.#push(hosts[node.host], null, node.host !== 'cidr');
				break;
			case 'lines':
				this.#push('\n');
		}
	}

	#repeat(node: RegexNode & { kind: 'repeat' }): void {
		const set = singleSet(node.body);
		if (set && node.max >= LONG && set.isText) {
			this.#push('a'.repeat(Math.min(Math.max(node.min, 1), LONG)), { set, without: forbidden(node.body) });
			return;
		}
		const head = this.head && node.min === 0 && node.max === 1 && this.#isHead(node.body);
		const once = node.max > 0 && (this.variant.shape === 'full' || head) ? 1 : 0;
		const times = Math.min(Math.max(node.min, once), LONG);
		const outside = this.#inHead;
		this.#inHead ||= head;
		for (let count = 0; count < times && this.#steps <= MAX_STEPS; count++) this.#add(node.body);
		this.#inHead = outside;
	}

	#isHead(body: RegexNode): boolean {
		if (this.variant.shape !== 'head') return false;
		const text = lineOf(new Sampler({ shape: 'bare', branch: 1 }, this.content, [], false).build(body));
		return headWord.test(text) && !noHead.test(text);
	}

	#group(node: RegexNode & { kind: 'group' }): void {
		if (node.name === 'content' && !this.content) {
			this.#parts.push(...this.inner);
			return;
		}
		const start = this.#parts.length;
		const length = this.#parts.at(-1)?.text.length ?? 0;
		const user = node.name?.includes('user') ? 1 : 0;
		this.#userGroups += user;
		this.#add(node.body);
		this.#userGroups -= user;
		const [open, ...more] = this.#parts.slice(Math.max(start - 1, 0));
		const text = start === 0 ? lineOf(this.#parts) : (open?.text.slice(length) ?? '') + lineOf(more);
		if (node.index !== null) this.#groups.set(node.index, text);
		if (node.name !== null) this.#groups.set(node.name, text);
		if (node.name === null || !idGroups.has(node.name)) return;
		// an id of its own is what is banned, so an address stands in for it where it fits
		const added = this.#parts.slice(start);
		const only = added.length === 1 ? added[0] : undefined;
		if (added.some(({ host }) => host) || only === undefined) return;
		only.host = true;
		if (only.field?.set.hasAll(hosts.ip)) only.text = hosts.ip;
		only.field = null;
	}
}

/** The set of a body that is one character, whatever looks stand beside it. */
export function singleSet(node: RegexNode): CharSet | null {
	if (node.kind === 'set') return node.set;
	if (node.kind === 'group') return node.name === 'content' ? null : singleSet(node.body);
	if (node.kind === 'text') return node.text.length === 1 ? CharSet.of(node.text) : null;
	if (node.kind === 'choice') {
		const sets = node.branches.map(singleSet);
		return sets.every((set) => set !== null)
			? sets.reduce<CharSet>((all, set) => all.union(set as CharSet), CharSet.none)
			: null;
	}
	if (node.kind !== 'sequence') return null;
	const parts = node.parts.filter(({ kind }) => kind !== 'look');
	return parts.length === 1 && parts[0] ? singleSet(parts[0]) : null;
}

/** What a body's looks ahead forbid, as far as they are plain texts. */
function forbidden(node: RegexNode): string[] {
	if (node.kind === 'group') return forbidden(node.body);
	if (node.kind !== 'sequence') return [];
	return node.parts.flatMap((part) =>
		part.kind === 'look' && part.negative && !part.behind && part.body.kind === 'text'
			? [part.body.text]
			: [],
	);
}

export function fits(field: Field, text: string): boolean {
	return field.set.hasAll(text) && !field.without.some((part) => text.includes(part));
}
