/** One text of a catalogue. */
export interface PoEntry {
	id: string;
	/** The form for many, where the text counts something. */
	plural?: string;
	/** What helps a translator, a line each. */
	comments: string[];
	/** Files that hold the text. */
	references: string[];
	fuzzy: boolean;
	/** One form, or as many as the language has; empty texts are not translated yet. */
	forms: string[];
}

/** A catalogue in gettext's format: its header as written, and its texts. */
export interface Po {
	header: string;
	entries: PoEntry[];
}

const escapes: Record<string, string> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };

function unquote(quoted: string, line: number): string {
	const [, inner] = /^"((?:[^"\\]|\\.)*)"$/s.exec(quoted) ?? [];
	if (inner === undefined) throw new Error(`line ${line}: not a quoted text: ${quoted}`);
	return inner.replace(/\\(.)/g, (_all, char: string) => {
		const plain = escapes[char];
		if (plain === undefined) throw new Error(`line ${line}: unknown escape \\${char}`);
		return plain;
	});
}

type Fields = Map<string, string>;

function entryOf(fields: Fields, comments: string[], references: string[], flags: string[]): PoEntry {
	const plural = fields.get('msgid_plural');
	const forms = [...fields].flatMap(([name, text]) => (name.startsWith('msgstr') ? [text] : []));
	return {
		id: fields.get('msgid') ?? '',
		...(plural !== undefined && { plural }),
		comments,
		references,
		fuzzy: flags.includes('fuzzy'),
		forms,
	};
}

function checkKeyword(keyword: string, fields: Fields, line: number): void {
	const wanted =
		keyword === 'msgid'
			? fields.size === 0
			: keyword === 'msgid_plural'
				? fields.size === 1
				: keyword === 'msgstr'
					? fields.has('msgid') && !fields.has('msgid_plural')
					: fields.has('msgid_plural') && keyword === `msgstr[${fields.size - 2}]`;
	if (!wanted || fields.has(keyword)) throw new Error(`line ${line}: ${keyword} is out of place`);
}

/** Throws Error that names the line. */
export function parsePo(text: string): Po {
	const entries: PoEntry[] = [];
	let header: string | undefined;
	let fields: Fields = new Map();
	let [comments, references, flags]: [string[], string[], string[]] = [[], [], []];
	let current: string | undefined;
	const finish = (line: number) => {
		if (fields.size > 0) {
			if (![...fields.keys()].some((name) => name.startsWith('msgstr')))
				throw new Error(`line ${line}: the text before has no msgstr`);
			const entry = entryOf(fields, comments, references, flags);
			if (entry.id === '') header = entry.forms[0] ?? '';
			else entries.push(entry);
			[comments, references, flags] = [[], [], []];
		}
		fields = new Map();
		current = undefined;
	};
	for (const [index, raw] of text.split('\n').entries()) {
		const [line, number] = [raw.trim(), index + 1];
		const [, keyword, quoted] = /^(msgid|msgid_plural|msgstr(?:\[\d\])?) (".*)$/s.exec(line) ?? [];
		if (line === '') finish(number);
		else if (line.startsWith('#')) {
			if (current?.startsWith('msgstr')) finish(number);
			if (line.startsWith('#.')) comments.push(line.slice(2).trim());
			else if (line.startsWith('#:')) references.push(...line.slice(2).trim().split(/\s+/));
			else if (line.startsWith('#,'))
				flags.push(
					...line
						.slice(2)
						.split(',')
						.map((flag) => flag.trim()),
				);
		} else if (keyword !== undefined && quoted !== undefined) {
			if (keyword === 'msgid' && current?.startsWith('msgstr')) finish(number);
			checkKeyword(keyword, fields, number);
			fields.set(keyword, unquote(quoted, number));
			current = keyword;
		} else if (line.startsWith('"') && current !== undefined) {
			fields.set(current, (fields.get(current) ?? '') + unquote(line, number));
		} else throw new Error(`line ${number}: not understood: ${line}`);
	}
	finish(0);
	if (header === undefined) throw new Error('there is no header');
	return { header, entries };
}

function quote(text: string): string {
	const escaped = text
		.replaceAll('\\', '\\\\')
		.replaceAll('"', '\\"')
		.replaceAll('\n', '\\n')
		.replaceAll('\t', '\\t');
	return `"${escaped}"`;
}

function lines(keyword: string, text: string): string[] {
	const parts = text.split(/(?<=\n)/);
	return parts.length > 1
		? [`${keyword} ""`, ...parts.map(quote)]
		: text === ''
			? [`${keyword} ""`]
			: [`${keyword} ${quote(text)}`];
}

function entryLines({ id, plural, comments, references, fuzzy, forms }: PoEntry): string[] {
	const flags = [
		...(fuzzy ? ['fuzzy'] : []),
		...(/\{\d\}/.test(id + (plural ?? '')) ? ['csharp-format'] : []),
	];
	return [
		...comments.map((comment) => `#. ${comment}`),
		...references.map((reference) => `#: ${reference}`),
		...(flags.length > 0 ? [`#, ${flags.join(', ')}`] : []),
		...lines('msgid', id),
		...(plural === undefined
			? lines('msgstr', forms[0] ?? '')
			: [
					...lines('msgid_plural', plural),
					...forms.flatMap((form, index) => lines(`msgstr[${index}]`, form)),
				]),
	];
}

export function formatPo({ header, entries }: Po): string {
	const blocks = [['msgid ""', ...lines('msgstr', header)], ...entries.map(entryLines)];
	return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** A field of the header, e.g. `Plural-Forms`. */
export function headerField({ header }: Po, name: string): string | undefined {
	return header
		.split('\n')
		.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
		?.slice(name.length + 1)
		.trim();
}
