import ts from 'typescript';
import { calledName, literalOf, type Unseen } from './extract.ts';

/** Configs and properties of the panel whose text an admin reads. */
const shown = new Set([
	...['text', 'title', 'fieldLabel', 'boxLabel', 'emptyText', 'tooltip', 'header', 'html', 'message', 'msg'],
	...['submitText', 'loadingText', 'blankText', 'invalidText', 'labelText', 'subject', 'legend', 'yes', 'no'],
	...[
		'question',
		'anyway',
		'placeholder',
		'ariaLabel',
		'qtip',
		'hint',
		'afterLabelText',
		'yesText',
		'noText',
	],
]);

/** fail2ban's and Proxmox VE's own words, the same in every language. */
const ownWords = new Set([
	...['failregex', 'ignoreregex', 'prefregex', 'datepattern', 'journalmatch', 'maxlines', 'fail2ban'],
	...['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'],
]);

const makesText = new Set(['gettext', 'ngettext', 'plural', 'format']);

/** What a reader sees of a piece of HTML. */
function visible(text: string): string {
	return text
		.replace(/<[^>]*>?|^[^<]*>/g, '')
		.replace(/&#?\w+;/g, '')
		.trim();
}

function isWord(text: string): boolean {
	const seen = visible(text);
	// a path or a match, e.g. _SYSTEMD_UNIT=ssh.service
	const technical = /^[^ ]*[/=][^ ]*$/.test(seen);
	return /\p{L}{2}/u.test(seen) && !ownWords.has(seen) && !technical;
}

/** Literals that the expression may come to. */
function literals(node: ts.Expression): { node: ts.Node; text: string }[] {
	const text = literalOf(node);
	if (text !== undefined) return [{ node, text }];
	if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return literals(node.expression);
	if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
	if (ts.isBinaryExpression(node) && node.operatorToken.kind !== ts.SyntaxKind.PlusToken)
		return literals(node.right);
	if (ts.isTemplateExpression(node)) {
		const pieces = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
		return [{ node, text: pieces.join('\n').replace(/<[^>]*>/g, '') }];
	}
	return [];
}

/** A text made by one of the functions, perhaps encoded for HTML. */
function isMadeText(node: ts.Expression): boolean {
	const name = calledName(node);
	if (name === 'encode' || name === 'formatHtml')
		return (node as ts.CallExpression).arguments[0] !== undefined
			? name === 'formatHtml' || isMadeText((node as ts.CallExpression).arguments[0] as ts.Expression)
			: false;
	if (ts.isParenthesizedExpression(node)) return isMadeText(node.expression);
	if (ts.isConditionalExpression(node)) return isMadeText(node.whenTrue) || isMadeText(node.whenFalse);
	return name !== undefined && makesText.has(name);
}

function isPlus(node: ts.Node): node is ts.BinaryExpression {
	return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** Pieces of one sentence that are put together here, in an order that no translator can turn. */
function glued(node: ts.Node): boolean {
	if (isPlus(node)) return isMadeText(node.left) || isMadeText(node.right);
	if (ts.isTemplateExpression(node)) {
		const pieces = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
		const text = pieces.join('').replace(/<[^>]*>|&#?\w+;/g, '');
		const others = node.templateSpans.length > 1 && pieces.slice(1, -1).some((piece) => !/[<>]/.test(piece));
		return (
			node.templateSpans.some(({ expression }) => isMadeText(expression)) && (text.trim() !== '' || others)
		);
	}
	const parts =
		ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) ? node : undefined;
	const access = parts?.expression as ts.PropertyAccessExpression | undefined;
	if (parts !== undefined && access?.name.text === 'join' && ts.isArrayLiteralExpression(access.expression)) {
		const between = literalOf(parts.arguments[0]) ?? ',';
		const made = access.expression.elements.some((element) => isMadeText(element));
		return made && !/^(?:\n|\t|<br>| )+$/.test(between);
	}
	return false;
}

/** Whether a property or a shorthand of this name is shown, when it is a config and not a type or a pattern. */
function configText(node: ts.Node): ts.Expression | undefined {
	if (!ts.isPropertyAssignment(node)) return undefined;
	const { name } = node;
	const key = ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : '';
	return shown.has(key) ? node.initializer : undefined;
}

/** What of a file of the panel no catalogue can see: texts that are shown as they are, and glued sentences. */
export function unseenTexts(source: ts.SourceFile, file: string): Unseen[] {
	const found: Unseen[] = [];
	const tell = (node: ts.Node, problem: string) => {
		const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
		found.push({ file, line, problem });
	};
	const visit = (node: ts.Node): void => {
		const value = configText(node);
		for (const { node: literal, text } of value === undefined ? [] : literals(value)) {
			if (text.split('\n').some(isWord)) tell(literal, `shown without gettext: ${literal.getText()}`);
		}
		if (glued(node)) tell(node, `glued, use one text with placeholders: ${node.getText()}`);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}
