import { CharSet } from './CharSet.ts';
import { parseClass, parseEscape } from './parseClass.ts';
import { type HostKind, type RegexNode, RegexSyntaxError } from './regexNode.ts';

/** fail2ban's tags for an address, self-closed ones included. */
const hostTags: Readonly<Record<string, HostKind>> = {
	HOST: 'ip',
	ADDR: 'ip',
	SUBNET: 'ip',
	IP4: 'ip',
	IP6: 'ip6',
	DNS: 'dns',
	CIDR: 'cidr',
};

/** Names that fail2ban gives to groups of its tags. */
const groupNames: Readonly<Record<string, string>> = { id: 'fid', port: 'fport' };

const tag = /<(\/?)([\w-]+)(\/?)>/y;
const counted = /\{(\d*)(,?)(\d*)\}/y;
const inlineFlags = /\(\?([aiLmsux]+)(?:-[imsx]+)?([):])/y;
const namedGroup = /\(\?P<(\w+)>/y;
const namedReference = /\(\?P=(\w+)\)/y;
const condition = /\(\?\((\w+)\)/y;

/** Deep enough for every sane expression, and no overflow of the stack. */
const MAX_DEPTH = 200;

/**
 * Reads a regular expression of Python's dialect with fail2ban's tags in it.
 * @throws RegexSyntaxError for what it does not understand
 */
export function parseRegex(source: string): RegexNode {
	return new RegexParser(source).parse();
}

class RegexParser {
	#at = 0;
	#groups = 0;
	#depth = 0;
	#verbose = false;
	#dotAll = false;
	/** Tags `<F-X>` that are open, by name. */
	readonly #openTags: string[] = [];

	constructor(private readonly source: string) {}

	parse(): RegexNode {
		const node = this.#choice();
		if (this.#at < this.source.length) throw this.#error('a closing parenthesis without an opening one');
		return node;
	}

	#error(message: string): RegexSyntaxError {
		return new RegexSyntaxError(`At character ${this.#at + 1}: ${message}.`, this.#at);
	}

	#choice(): RegexNode {
		if (++this.#depth > MAX_DEPTH) throw this.#error('groups are nested too deeply');
		const branches = [this.#sequence()];
		while (this.source[this.#at] === '|') {
			this.#at++;
			branches.push(this.#sequence());
		}
		this.#depth--;
		return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches };
	}

	#sequence(): RegexNode {
		const parts: RegexNode[] = [];
		for (;;) {
			const sign = this.source[this.#at];
			if (sign === undefined || sign === '|' || sign === ')' || this.#closesTag()) break;
			if (this.#verbose && this.#skipVerbose(sign)) continue;
			const atom = this.#atom(sign);
			if (atom === null) continue;
			const node = this.#repeated(atom);
			const last = parts.at(-1);
			if (last?.kind === 'text' && node.kind === 'text')
				parts[parts.length - 1] = { kind: 'text', text: last.text + node.text };
			else parts.push(node);
		}
		return parts.length === 1 && parts[0] ? parts[0] : { kind: 'sequence', parts };
	}

	#skipVerbose(sign: string): boolean {
		if (/\s/.test(sign)) this.#at++;
		else if (sign === '#') {
			const end = this.source.indexOf('\n', this.#at);
			this.#at = end === -1 ? this.source.length : end + 1;
		} else return false;
		return true;
	}

	/** Reads what a sticky expression finds here. */
	#take(expression: RegExp): RegExpExecArray | null {
		expression.lastIndex = this.#at;
		const match = expression.exec(this.source);
		if (match) this.#at = expression.lastIndex;
		return match;
	}

	/** Whether the tag that was opened last is closed here. */
	#closesTag(): boolean {
		const name = this.#openTags.at(-1);
		return name !== undefined && this.source.startsWith(`</${name}>`, this.#at);
	}

	/** null: something that matches nothing by itself, such as flags. */
	#atom(sign: string): RegexNode | null {
		switch (sign) {
			case '(':
				return this.#group();
			case '[': {
				const { set, end } = parseClass(this.source, this.#at);
				this.#at = end;
				return { kind: 'set', set };
			}
			case '\\':
				return this.#escape();
			case '<':
				return this.#tag();
			case '.':
				this.#at++;
				return { kind: 'set', set: this.#dotAll ? CharSet.all : CharSet.noLineEnd };
			case '^':
			case '$':
				this.#at++;
				return { kind: 'anchor', sign };
			case '*':
			case '+':
			case '?':
				throw this.#error('nothing to repeat');
			default:
				this.#at += sign.length;
				return { kind: 'text', text: sign };
		}
	}

	#escape(): RegexNode {
		const next = this.source[this.#at + 1] ?? '';
		if (next === 'A' || next === 'Z' || next === 'b' || next === 'B') {
			this.#at += 2;
			return { kind: 'anchor', sign: next };
		}
		const number = /^[1-9]\d?/.exec(this.source.slice(this.#at + 1))?.[0];
		if (number !== undefined) {
			this.#at += 1 + number.length;
			return { kind: 'backreference', group: Number(number) };
		}
		const { text, set, end } = parseEscape(this.source, this.#at);
		this.#at = end;
		return text === undefined ? { kind: 'set', set } : { kind: 'text', text };
	}

	#tag(): RegexNode {
		const start = this.#at;
		const [whole = '<', closing, name = '', selfClosed] = this.#take(tag) ?? [];
		const bare = name.replace(/^F-/, '');
		const plain = whole === `<${name}>` || (selfClosed === '/' && name.startsWith('F-'));
		if (closing === '' && plain) {
			const host = hostTags[bare];
			if (host !== undefined && (selfClosed === '/' || !name.startsWith('F-'))) return { kind: 'host', host };
			if (name === 'SKIPLINES') return { kind: 'lines' };
			if (whole === '<F-ID/>') return this.#nameless('fid', { kind: 'host', host: 'ip' });
			if (whole === '<F-PORT/>') return { kind: 'repeat', ...many, body: { kind: 'set', set: CharSet.word } };
			if (/^F-[A-Z0-9_-]+$/.test(name) && selfClosed === '') return this.#tagGroup(name, bare.toLowerCase());
		}
		this.#at = start + 1;
		return { kind: 'text', text: '<' };
	}

	#nameless(name: string, body: RegexNode): RegexNode {
		return { kind: 'group', name, index: ++this.#groups, body };
	}

	#tagGroup(tagName: string, name: string): RegexNode {
		const index = ++this.#groups;
		this.#openTags.push(tagName);
		const body = this.#choice();
		if (!this.#closesTag()) throw this.#error(`<${tagName}> is not closed`);
		this.#openTags.pop();
		this.#at += tagName.length + 3;
		return { kind: 'group', name: groupNames[name] ?? name, index, body };
	}

	#group(): RegexNode | null {
		const rest = (text: string) => this.source.startsWith(text, this.#at);
		if (rest('(?#')) {
			const end = this.source.indexOf(')', this.#at);
			if (end === -1) throw this.#error('a comment is not closed');
			this.#at = end + 1;
			return null;
		}
		const looks = ['(?=', '(?!', '(?<=', '(?<!'];
		const look = looks.find(rest);
		if (look !== undefined) {
			this.#at += look.length;
			const body = this.#toClosing();
			return { kind: 'look', behind: look.includes('<'), negative: look.endsWith('!'), body };
		}
		const reference = this.#take(namedReference);
		if (reference) return { kind: 'backreference', group: reference[1] ?? '' };
		const when = this.#take(condition);
		if (when) return this.#condition(when[1] ?? '');
		const flags = this.#take(inlineFlags);
		if (flags) return this.#flags(flags[1] ?? '', flags[2] === ':');
		if (rest('(?:') || rest('(?>')) {
			const atomic = rest('(?>');
			this.#at += 3;
			const body = this.#toClosing();
			return atomic
				? { kind: 'repeat', min: 1, max: 1, lazy: false, possessive: true, body }
				: this.#plain(body);
		}
		const named = this.#take(namedGroup);
		if (!named) {
			if (rest('(?')) throw this.#error('an unknown kind of group');
			this.#at++;
		}
		const index = ++this.#groups;
		return { kind: 'group', name: named?.[1] ?? null, index, body: this.#toClosing() };
	}

	#plain(body: RegexNode): RegexNode {
		return { kind: 'group', name: null, index: null, body };
	}

	#condition(group: string): RegexNode {
		const body = this.#toClosing();
		const [yes, no] = body.kind === 'choice' ? body.branches : [body];
		const empty: RegexNode = { kind: 'sequence', parts: [] };
		const target = /^\d+$/.test(group) ? Number(group) : group;
		return { kind: 'condition', group: target, yes: yes ?? empty, no: no ?? empty };
	}

	/** Case does not matter to a sample, so only the flags that change what is read are kept. */
	#flags(flags: string, local: boolean): RegexNode | null {
		const before = { verbose: this.#verbose, dotAll: this.#dotAll };
		this.#verbose ||= flags.includes('x');
		this.#dotAll ||= flags.includes('s');
		if (!local) return null;
		const body = this.#toClosing();
		this.#verbose = before.verbose;
		this.#dotAll = before.dotAll;
		return this.#plain(body);
	}

	#toClosing(): RegexNode {
		const open = this.#openTags.length;
		const body = this.#choice();
		if (this.source[this.#at] !== ')' || this.#openTags.length !== open)
			throw this.#error('a parenthesis is not closed');
		this.#at++;
		return body;
	}

	#repeated(atom: RegexNode): RegexNode {
		let node = atom;
		for (;;) {
			const times = this.#times();
			if (times === null) return node;
			const next = this.source[this.#at];
			const lazy = next === '?';
			const possessive = next === '+';
			if (lazy || possessive) this.#at++;
			// `ab*` repeats the last character alone, but here each character comes by itself
			node = { kind: 'repeat', ...times, lazy, possessive, body: node };
		}
	}

	#times(): { min: number; max: number } | null {
		const sign = this.source[this.#at];
		const simple = sign === undefined ? undefined : signs[sign];
		if (simple) {
			this.#at++;
			return simple;
		}
		if (sign !== '{') return null;
		const start = this.#at;
		const [, min = '', comma = '', max = ''] = this.#take(counted) ?? [];
		// `{x}` and `{}` are plain text for Python
		if (min === '' && max === '' && comma === '') {
			this.#at = start;
			return null;
		}
		const least = Number(min || 0);
		return { min: least, max: comma === '' ? least : max === '' ? Number.POSITIVE_INFINITY : Number(max) };
	}
}

const many = { min: 1, max: Number.POSITIVE_INFINITY, lazy: false, possessive: false };

const signs: Readonly<Record<string, { min: number; max: number } | undefined>> = {
	'*': { min: 0, max: Number.POSITIVE_INFINITY },
	'+': { min: 1, max: Number.POSITIVE_INFINITY },
	'?': { min: 0, max: 1 },
};
