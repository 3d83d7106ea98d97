import type { MessageArg, MessageData, Messages } from '../../contract/kit/message.ts';

type Arg = string | number | Message;

/** Fills {0}, {1} … of a template. */
function fill(template: string, args: readonly Arg[]): string {
	return template.replace(/\{(\d+)\}/g, (place, index) => String(args[Number(index)] ?? place));
}

/**
 * A text for people: the English sentence, and what a panel needs to translate it. Made by `msg` and `msgN` alone, from
 * which `npm run pot` collects all templates.
 */
export class Message {
	readonly data: MessageData;
	readonly #english: string;

	constructor(template: string, args: readonly Arg[], { id, plural, n }: MessageData) {
		this.#english = fill(template, args);
		this.data = {
			id,
			...(args.length > 0 && { args: args.map((arg): MessageArg => (isMessage(arg) ? arg.data : arg)) }),
			...(plural !== undefined && { plural }),
			...(n !== undefined && { n }),
		};
	}

	toString(): string {
		return this.#english;
	}

	/** An answer that was not made by `told` still holds a text. */
	toJSON(): string {
		return this.#english;
	}
}

function isMessage(value: unknown): value is Message {
	return value instanceof Message;
}

/** A text with its arguments: `msg("Jail '{0}' is not running.", jail)`. The template must be a literal. */
export function msg(id: string, ...args: Arg[]): Message {
	return new Message(id, args, { id });
}

/** A text that counts: `msgN(n, '{0} ban', '{0} bans')`. {0} is the count, {1} the first argument. */
export function msgN(n: number, one: string, many: string, ...args: Arg[]): Message {
	return new Message(n === 1 ? one : many, [n, ...args], { id: one, plural: many, n });
}

/** A text from its data: of a row, a rule of the contract, or a program in src/python; `npm run pot` finds it there. */
export function messageOf({ id, args = [], plural, n }: MessageData): Message {
	const parts = args.map((arg) => (typeof arg === 'object' ? messageOf(arg) : arg));
	return new Message(plural === undefined || n === 1 ? id : plural, parts, {
		id,
		...(plural !== undefined && { plural }),
		...(n !== undefined && { n }),
	});
}

/** A text of another program, such as fail2ban's own words, which has no translation. */
export function verbatim(text: string): Message {
	return new Message('{0}', [text], { id: '{0}' });
}

/** `a`, `a and b`, `a, b and c`; names of which more than `most` are counted: `a, b and 3 more`. */
export function enumerate(names: readonly (string | Message)[], most = 4, word: 'and' | 'or' = 'and'): Arg {
	const shown: Arg[] = names.slice(0, most);
	const more = names.length - shown.length;
	const last = more > 0 ? msgN(more, '{0} more', '{0} more') : shown.pop();
	if (last === undefined) return '';
	if (shown.length === 0) return last;
	const before = shown.reduce((list, name) => msg('{0}, {1}', list, name));
	return word === 'and' ? msg('{0} and {1}', before, last) : msg('{0} or {1}', before, last);
}

/** An error whose words can be translated; a plain string is one of another program, such as fail2ban. */
export class TextError extends Error {
	readonly text: Message;

	constructor(text: string | Message) {
		super(String(text));
		this.text = text instanceof Message ? text : verbatim(text);
	}
}

/**
 * One text of many, two halves at a time: text in text would be as deep as the list is long, which JSON's readers
 * refuse, and would copy its beginning for each.
 */
function joined(all: readonly Message[], join: (one: Message, other: Message) => Message): Message {
	const [first, ...others] = all;
	if (first === undefined) return verbatim('');
	if (others.length === 0) return first;
	const half = Math.ceil(all.length / 2);
	return join(joined(all.slice(0, half), join), joined(all.slice(half), join));
}

/** Sentences one after the other. */
export function sentences(all: readonly Message[]): Message {
	// TRANSLATORS: two sentences, one after the other
	return joined(all, (text, next) => msg('{0} {1}', text, next));
}

/** A text of a row that `told` has made, for another text to hold. */
export function toldText<Name extends string = 'text'>(
	row: Record<NoInfer<Name>, string> & { messages?: Messages | undefined },
	name: Name = 'text' as Name,
): Message {
	const data = row.messages?.[name];
	return data === undefined || Array.isArray(data) ? verbatim(row[name]) : messageOf(data);
}

/** Texts on lines of their own, of which no language makes another order. */
export function lines(all: readonly Message[]): Message {
	const id = '{0}\n{1}';
	return joined(all, (text, next) => new Message(id, [text, next], { id }));
}

type Plain<Value> = Value extends Message ? string : Value extends readonly Message[] ? string[] : Value;

/** What an answer holds: texts as English strings, and `messages` beside them. */
export type Told<Fields> = { [Name in keyof Fields]: Plain<Fields[Name]> } & { messages?: Messages };

/** Makes an answer, or a row of one, from fields of which some are texts. */
export function told<Fields extends object>(fields: Fields): Told<Fields> {
	const messages: Messages = {};
	const plain = Object.entries(fields).map(([name, value]) => {
		if (isMessage(value)) {
			messages[name] = value.data;
			return [name, String(value)];
		}
		if (Array.isArray(value) && value.length > 0 && value.every(isMessage)) {
			messages[name] = value.map(({ data }) => data);
			return [name, value.map(String)];
		}
		return [name, value];
	});
	const answer = Object.fromEntries(plain);
	return (Object.keys(messages).length > 0 ? { ...answer, messages } : answer) as Told<Fields>;
}
