import { type Message, msg } from '../kit/message.ts';
import { indentation, inlineComment, splitLines, strip, stripEnd, type TextLine } from './pythonText.ts';

/** One physical line and what fail2ban's parser takes it for. */
export type ConfigLine = TextLine &
	(
		| { kind: 'blank' | 'comment' | 'invalid' }
		| { kind: 'section'; section: string }
		| { kind: 'option' | 'continuation'; section: string; option: string }
	);

export interface ParseFault {
	/** Counted from 1. */
	line: number;
	message: Message;
}

/** An option and its value lines; blank lines inside the value count, comments do not. */
export interface Entry {
	section: string;
	/** In lower case, as fail2ban compares it. */
	option: string;
	/** Index of each value line; the first is the option's own line. */
	lines: number[];
	/** Value of each line, stripped of white space and inline comment. */
	values: string[];
}

export interface ParsedConfig {
	lines: ConfigLine[];
	/** Sections in order of appearance; DEFAULT may appear several times, the others once. */
	headers: { section: string; line: number }[];
	entries: Entry[];
	/** Why fail2ban would refuse the file; empty: it reads it. */
	errors: ParseFault[];
}

const header = /^\[(.+)\]/s;

/**
 * Reads a file by the rules of Python's ConfigParser as fail2ban sets it up: `=` and `:` delimit,
 * `;` after white space starts an inline comment, blank lines belong to a value, duplicates are errors.
 */
export function parseConfig(text: string): ParsedConfig {
	const parser = new LineParser();
	for (const line of splitLines(text)) parser.add(line);
	return parser.finish();
}

class LineParser {
	private readonly result: ParsedConfig = { lines: [], headers: [], entries: [], errors: [] };
	private readonly seen = new Set<string>();
	private section: string | undefined;
	private entry: Entry | undefined;
	private indent = 0;

	add(line: TextLine): void {
		const at = inlineComment(line.text);
		const whole = strip(line.text);
		const comment = at !== -1 || whole.startsWith('#');
		const value = whole.startsWith('#') ? '' : strip(at === -1 ? line.text : line.text.slice(0, at));
		if (value === '') this.addEmpty(line, comment);
		else if (this.section !== undefined && this.entry && indentation(line.text) > this.indent) {
			this.addValue(this.entry, value);
			this.result.lines.push({
				...line,
				kind: 'continuation',
				section: this.section,
				option: this.entry.option,
			});
		} else {
			this.indent = indentation(line.text);
			this.addHead(line, value);
		}
	}

	finish(): ParsedConfig {
		for (const { lines, values } of this.result.entries) {
			// Python strips the joined value, so blank lines behind it are nobody's.
			while (values.length > 1 && values.at(-1) === '') {
				values.pop();
				lines.pop();
			}
		}
		return this.result;
	}

	private addEmpty(line: TextLine, comment: boolean): void {
		if (!comment && this.entry) this.addValue(this.entry, '');
		this.result.lines.push({ ...line, kind: comment ? 'comment' : 'blank' });
	}

	private addValue(entry: Entry, value: string): void {
		entry.lines.push(this.result.lines.length);
		entry.values.push(value);
	}

	private addHead(line: TextLine, value: string): void {
		const section = header.exec(value)?.[1];
		if (section !== undefined) this.addSection(line, section);
		else if (this.section === undefined) {
			const bom = this.result.lines.length === 0 && value.startsWith('\ufeff');
			this.invalid(
				line,
				bom ? msg('The file starts with a byte order mark.') : msg('No section header before this line.'),
			);
		} else {
			const at = value.search(/[=:]/);
			const name = stripEnd(value.slice(0, at));
			if (at === -1) this.invalid(line, msg('Neither a section, an option nor a comment.'));
			else if (name === '') this.invalid(line, msg('The option has no name.'));
			else this.addOption(line, this.section, name.toLowerCase(), strip(value.slice(at + 1)));
		}
	}

	private addSection(line: TextLine, section: string): void {
		if (section !== 'DEFAULT')
			this.once(JSON.stringify([section]), msg('The section [{0}] appears twice.', section));
		this.section = section;
		this.entry = undefined;
		this.result.headers.push({ section, line: this.result.lines.length });
		this.result.lines.push({ ...line, kind: 'section', section });
	}

	private addOption(line: TextLine, section: string, option: string, value: string): void {
		this.once(
			JSON.stringify([section, option]),
			msg('The option {0} appears twice in [{1}].', option, section),
		);
		this.entry = { section, option, lines: [this.result.lines.length], values: [value] };
		this.result.entries.push(this.entry);
		this.result.lines.push({ ...line, kind: 'option', section, option });
	}

	private once(key: string, message: Message): void {
		if (this.seen.has(key)) this.fault(message);
		this.seen.add(key);
	}

	private invalid(line: TextLine, message: Message): void {
		this.fault(message);
		this.result.lines.push({ ...line, kind: 'invalid' });
	}

	/** For a line that is about to be added. */
	private fault(message: Message): void {
		this.result.errors.push({ line: this.result.lines.length + 1, message });
	}
}
