import ts from 'typescript';

/** A text found in the sources. */
export interface FoundText {
	id: string;
	plural?: string;
	file: string;
	/** What stands for each placeholder, and what a comment `TRANSLATORS:` above says. */
	comments: string[];
}

/** Something that no catalogue can see. */
export interface Unseen {
	file: string;
	line: number;
	problem: string;
}

/** Functions that take a text, and where among their arguments: the template, the one for many, the first value. */
interface TextFunction {
	one: number;
	many?: number;
	/** Of the count, which is {0}. */
	n?: number;
	/** Of the first value for the next placeholder. */
	values?: number;
}

const uiFunctions: Readonly<Record<string, TextFunction>> = {
	gettext: { one: 0 },
	plural: { one: 1, many: 2 },
	ngettext: { one: 0, many: 1 },
};

const helperFunctions: Readonly<Record<string, TextFunction>> = {
	msg: { one: 0, values: 1 },
	msgN: { one: 1, many: 2, n: 0, values: 3 },
};

/** Where these functions are made, and so take texts that are no literals as well. */
const makers = new Set([
	'src/ui/kit/gettext.ts',
	'src/ui/kit/text.ts',
	'src/ui/kit/translated.ts',
	'src/backend/kit/message.ts',
]);

/** `a` and `'a' + 'b'`; undefined for all else. */
export function literalOf(node: ts.Expression | undefined): string | undefined {
	if (node === undefined) return undefined;
	if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
	if (ts.isParenthesizedExpression(node)) return literalOf(node.expression);
	if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
		const [left, right] = [literalOf(node.left), literalOf(node.right)];
		return left === undefined || right === undefined ? undefined : left + right;
	}
	return undefined;
}

/** The name of a called function, e.g. `gettext`. */
export function calledName(node: ts.Node): string | undefined {
	return ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : undefined;
}

/** A value in a word or two: its last name, as `jail` for `encode(record.data.jail)`. */
function nameOf(node: ts.Expression): string | undefined {
	if (ts.isIdentifier(node)) return node.text;
	if (ts.isPropertyAccessExpression(node)) return node.name.text;
	if (ts.isCallExpression(node) && node.arguments[0] !== undefined && ts.isIdentifier(node.expression))
		return /^(?:encode|count|String|plain)$/.test(node.expression.text)
			? nameOf(node.arguments[0])
			: node.expression.text;
	if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
		return nameOf(node.expression);
	return undefined;
}

function placeholderComment(template: string, values: readonly (ts.Expression | undefined)[]): string[] {
	const places = [...new Set([...template.matchAll(/\{(\d)\}/g)].map(([, digit]) => Number(digit)))].sort();
	const known = places.flatMap((place) => {
		const value = values[place];
		const name = value === undefined ? undefined : nameOf(value);
		return name === undefined ? [] : [`{${place}}: ${name}`];
	});
	return known.length > 0 ? [known.join(', ')] : [];
}

function writtenComment(source: ts.SourceFile, call: ts.Node): string[] {
	for (let node: ts.Node = call; !ts.isSourceFile(node); node = node.parent) {
		const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
		const found = ranges
			.map(({ pos, end }) => /TRANSLATORS: (.*?)\s*(?:\*\/)?$/s.exec(source.text.slice(pos, end))?.[1])
			.find((text) => text !== undefined);
		if (found !== undefined) return [found.replace(/\s*\n\s*(?:\/\/|\*)?\s*/g, ' ')];
		if (ts.isStatement(node) || ts.isPropertyAssignment(node)) return [];
	}
	return [];
}

/** The values of `format(gettext(…), a, b)` around a text. */
function formatted(call: ts.CallExpression): readonly ts.Expression[] {
	const { parent } = call;
	return /^format(?:Html)?$/.test(calledName(parent) ?? '')
		? (parent as ts.CallExpression).arguments.slice(1)
		: [];
}

/** The rule of a schema of the contract, which a helper puts into its answer. */
function ruleOf(node: ts.Node): string | undefined {
	const named = ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'rule';
	return named ? literalOf(node.initializer) : undefined;
}

/** The texts of msg() in a program of src/python, and each that no literal shows. */
export function pythonTexts(text: string, file: string): { texts: FoundText[]; unseen: Unseen[] } {
	const literal = /^\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")\s*[,)]/;
	const texts: FoundText[] = [];
	const unseen: Unseen[] = [];
	for (const { index } of text.matchAll(/(?<!def )\bmsg(?=\()/g)) {
		const found = literal.exec(text.slice(index + 'msg'.length));
		const line = text.slice(0, index).split('\n').length;
		if (found === null) unseen.push({ file, line, problem: 'msg() of a text that is not a literal' });
		else texts.push({ id: (found[1] ?? found[2] ?? '').replace(/\\(.)/g, '$1'), file, comments: [] });
	}
	return { texts, unseen };
}

/** Every text of one file, and each that is asked for by a value that no literal shows. */
export function extractTexts(source: ts.SourceFile, file: string): { texts: FoundText[]; unseen: Unseen[] } {
	const functions = file.startsWith('src/ui/') ? uiFunctions : helperFunctions;
	const texts: FoundText[] = [];
	const unseen: Unseen[] = [];
	const visit = (node: ts.Node): void => {
		const rule = file.startsWith('src/contract/') ? ruleOf(node) : undefined;
		if (rule !== undefined) texts.push({ id: rule, file, comments: [] });
		const name = calledName(node) ?? '';
		const kind = Object.hasOwn(functions, name) ? functions[name] : undefined;
		if (kind !== undefined) {
			const call = node as ts.CallExpression;
			const id = literalOf(call.arguments[kind.one]);
			const many = kind.many === undefined ? undefined : literalOf(call.arguments[kind.many]);
			if (id === undefined || (kind.many !== undefined && many === undefined)) {
				const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
				const problem = `${name}() of a text that is not a literal`;
				if (!makers.has(file)) unseen.push({ file, line, problem });
			} else {
				const own = kind.values === undefined ? formatted(call) : call.arguments.slice(kind.values);
				const values = kind.n === undefined ? own : [call.arguments[kind.n], ...own];
				const comments = [...writtenComment(source, node), ...placeholderComment(many ?? id, values)];
				texts.push({ id, ...(many !== undefined && { plural: many }), file, comments });
			}
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return { texts, unseen };
}

export function parseSource(file: string, text: string): ts.SourceFile {
	return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
}
