import { jailOptions } from '../../../contract/kit/jailOptions.ts';
import { ConfigDocument } from '../../config/ConfigDocument.ts';
import { JailConfig } from '../../config/layers.ts';
import { checkOption } from '../../config/optionRules.ts';
import { isTrue } from '../../config/pythonValues.ts';
import { changedPlaces } from '../../config/revertText.ts';
import type { FileEdit, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { errorLines } from '../../files/judgeChange.ts';
import { overlay } from '../../files/overlay.ts';
import { type Message, msg, verbatim } from '../../kit/message.ts';
import { escapeRegExp } from '../../kit/patterns.ts';
import { maskSecrets } from '../kit/secrets.ts';

/** What is wrong with a text, and in which line of it. */
export interface FileProblem {
	line: number | null;
	message: Message;
}

/** Kinds that fail2ban takes without a check: it would start, and fail or ban nobody later. */
const unchecked = new Set(['time', 'bantime', 'count', 'count0', 'multipliers']);
const checkedOptions = new Map(
	jailOptions.filter(({ kind }) => unchecked.has(kind)).map(({ name, kind }) => [name, kind]),
);

/** Enough to tell what was done. */
const maxChanges = 30;

/** A browser drops the \r of each line end; a file that has them keeps them. */
export function withLineEnds(before: string, text: string): string {
	const crlf = before.includes('\r\n') && !/(?:^|[^\r])\n/.test(before);
	return crlf && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text;
}

/** Faulty lines that are named; of a text that is no configuration at all, all would not fit into an answer. */
const maxProblems = 500;

/**
 * Why fail2ban would not read a text, or not as it is meant: the parser's errors, and times and numbers that are new
 * and that fail2ban does not check itself.
 * @param before the present text; what is wrong with it already is no reason to refuse another change
 */
export function textProblems(name: string, before: string, text: string): FileProblem[] {
	const document = ConfigDocument.parse(text, name);
	if (document.errors.length > 0)
		return document.errors.slice(0, maxProblems).map(({ line, message }) => ({ line, message }));
	if (!/^jail\.(?:d\/|local$)/.test(name)) return [];
	const places = changedPlaces(ConfigDocument.parse(before), document);
	return places.flatMap(({ section, option }) => {
		const value = document.get(section, option);
		// what is interpolated is fail2ban's to resolve
		if (value === undefined || value.includes('%') || !checkedOptions.has(option)) return [];
		const fault = checkOption(option, value, { root: true });
		return fault === null
			? []
			: [{ line: document.lineOf(section, option) ?? null, message: msg('{0}: {1}', option, fault) }];
	});
}

/** Jails that are enabled now and no longer with the edits. */
export function stoppedJails({ source, root, jails }: ConfigSnapshot, edits: readonly FileEdit[]): string[] {
	const after = new JailConfig(overlay(source, root, edits), root, jails.version);
	const enabled = (config: JailConfig, jail: string) => isTrue(config.option(jail, 'enabled')?.value);
	return jails.jails().filter((jail) => enabled(jails, jail) && !enabled(after, jail));
}

/** What a raw edit changes, for the audit line: options with their sections, secrets masked. */
export function changedOptions(before: string, after: string): PlannedChange['changed'] {
	const [old, now] = [ConfigDocument.parse(before), ConfigDocument.parse(after)];
	const show = (document: ConfigDocument, section: string, option: string) => {
		const value = document.get(section, option);
		return value === undefined ? null : maskSecrets(option, value.trim().replace(/\s*\n\s*/g, ' '));
	};
	return changedPlaces(old, now)
		.slice(0, maxChanges)
		.map(({ section, option }) => ({
			option: `${section}/${option}`,
			from: show(old, section, option),
			to: show(now, section, option),
		}));
}

/** Where in a text fail2ban's complaint belongs; line null: nobody knows. */
export function locate(name: string, text: string, complaint: Message): FileProblem {
	const [words] = errorLines(String(complaint));
	const message = words === undefined ? complaint : verbatim(words);
	return { line: lineOf(name, text, String(message)), message };
}

function lineOf(name: string, text: string, message: string): number | null {
	const named = new RegExp(`${escapeRegExp(name)}'?\\s*[[(,:]*\\s*(?:line:?\\s*)?(\\d+)`).exec(message);
	if (named) return Number(named[1]);
	const document = ConfigDocument.parse(text, name);
	const option = /option '([^']+)' in section '([^']+)'/i.exec(message);
	if (option) return document.lineOf(option[2] ?? '', option[1] ?? '') ?? null;
	const lines = text.split('\n');
	const quoted = /expression '(.*)'/s.exec(message)?.[1] ?? '';
	const expression = lines.findIndex((line) => isExpression(line, quoted));
	if (expression !== -1) return expression + 1;
	// a name that a value gives
	for (const [, word = ''] of message.matchAll(/['"]([^'"\n]{3,})['"]/g)) {
		const last = word.slice(word.lastIndexOf('/') + 1);
		const at = lines.findIndex((line) => !line.startsWith('[') && last !== '' && line.includes(last));
		if (at !== -1) return at + 1;
	}
	const sections = document.sections().filter((section) => mentions(message, section));
	const at = lines.findIndex((line) => sections.some((section) => line.startsWith(`[${section}]`)));
	return at === -1 ? null : at + 1;
}

/** Whether a line holds the expression that fail2ban quotes, in which it has put others in place of the tags. */
function isExpression(line: string, quoted: string): boolean {
	const value = line.replace(/^\w+\s*[=:]/, '').trim();
	const parts = value.split(/<[^<>]*>|%\([^)]*\)s/).map((part) => part.replaceAll('%%', '%'));
	if (parts.join('').length < 3 || !quoted.startsWith(parts[0] ?? '')) return false;
	let from = 0;
	return parts.every((part) => {
		const at = quoted.indexOf(part, from);
		from = at + part.length;
		return at !== -1;
	});
}

function mentions(message: string, word: string): boolean {
	return new RegExp(`(?:^|[^\\w-])${escapeRegExp(word)}(?:$|[^\\w-])`).test(message);
}
