import { msg } from '../kit/message.ts';
import { ConfigError } from './ConfigError.ts';
import { type Entry, type ParsedConfig, type ParseFault, parseConfig } from './parseConfig.ts';
import { indentation, strip, type TextLine } from './pythonText.ts';
import { sameApart } from './sameApart.ts';
import { keepComments, newValueLines, readValueLines, rewriteValue, type ValueLine } from './valueLines.ts';
import { checkOptionName, checkSectionName, commentFault, valueFault } from './writable.ts';

/**
 * One configuration file, as fail2ban's parser reads it and byte for byte as it stands. Immutable: a change
 * answers a new document, in which nothing but the named option differs; each change is read back to be sure.
 * Values are raw: neither `%(…)s` nor includes are looked at. Option names count in lower case.
 */
export class ConfigDocument {
	private readonly index = new Map<string, Map<string, Entry>>();

	private constructor(
		private readonly parsed: ParsedConfig,
		private readonly file: string | undefined,
	) {
		for (const { section } of parsed.headers)
			if (!this.index.has(section)) this.index.set(section, new Map());
		for (const entry of parsed.entries) this.index.get(entry.section)?.set(entry.option, entry);
	}

	/** Never throws: a file that fail2ban would refuse has `errors`, and cannot be changed. */
	static parse(text: string, file?: string): ConfigDocument {
		return new ConfigDocument(parseConfig(text), file);
	}

	/** Why fail2ban fails on this file; lines are counted from 1. */
	get errors(): readonly ParseFault[] {
		return this.parsed.errors;
	}

	toString(): string {
		return this.parsed.lines.map((line) => line.text + line.eol).join('');
	}

	/** In order of appearance, DEFAULT included. */
	sections(): string[] {
		return [...this.index.keys()];
	}

	hasSection(section: string): boolean {
		return this.index.has(section);
	}

	/** The section's own options in lower case, in order; without those of DEFAULT. */
	options(section: string): string[] {
		return [...(this.index.get(section)?.keys() ?? [])];
	}

	/** The raw value as Python's parser gives it, its lines joined by \n; undefined: not set here. */
	get(section: string, option: string): string | undefined {
		return this.entry(section, option)?.values.join('\n');
	}

	/** Line of the option's name, counted from 1. */
	lineOf(section: string, option: string): number | undefined {
		const line = this.entry(section, option)?.lines[0];
		return line === undefined ? undefined : line + 1;
	}

	/** Each line of the value with its inline comment (without the `;`). */
	valueLines(section: string, option: string): ValueLine[] | undefined {
		const entry = this.entry(section, option);
		return entry && readValueLines(this.parsed.lines, entry);
	}

	/**
	 * Sets an option; comments stay, an inline comment stays with the line that it was on. A new option goes
	 * behind the last one of its section, a new section to the end of the file.
	 * @throws ConfigError 'faulty-file', 'bad-value', 'bad-option', 'bad-section'
	 */
	set(section: string, option: string, value: string): ConfigDocument {
		this.requireSound();
		const before = this.valueLines(section, option) ?? [];
		const values = value.split('\n');
		if (before.length > 0 && before.map((line) => line.value).join('\n') === value) return this;
		return this.setLines(section, option, keepComments(before, values));
	}

	/**
	 * Sets an option line by line, each with its inline comment; a line without one loses what it had.
	 * @throws ConfigError as `set`
	 */
	setLines(
		section: string,
		option: string,
		lines: readonly { value: string; comment?: string }[],
	): ConfigDocument {
		this.requireSound();
		const wanted = lines.map(({ value, comment = '' }) => ({ value, comment }));
		const entry = this.entry(section, option);
		if (entry && sameLines(readValueLines(this.parsed.lines, entry), wanted)) return this;
		this.checkLines(section, option, entry, wanted);
		const next = entry
			? this.replaceEntry(entry, wanted)
			: this.index.has(section)
				? this.insertOption(section, option, wanted)
				: this.appendSection(section, option, wanted);
		return this.readBack(next, section, option, wanted.map((line) => line.value).join('\n'));
	}

	/** Removes an option; full-line comments inside its value stay. Without the option: this document. */
	delete(section: string, option: string): ConfigDocument {
		this.requireSound();
		const entry = this.entry(section, option);
		if (!entry) return this;
		const gone = new Set(entry.lines);
		const rest = this.parsed.lines.filter((_, index) => !gone.has(index));
		return this.readBack(this.withLines(rest), section, option);
	}

	/**
	 * Removes a section from its header to its last option, comments in between too, and a blank line that
	 * would be left over. Comments behind the last option stay: they mostly speak of what follows.
	 */
	deleteSection(section: string): ConfigDocument {
		this.requireSound();
		if (!this.index.has(section)) return this;
		const { lines, headers } = this.parsed;
		const gone = new Set<number>();
		headers.forEach(({ section: name, line: start }, nth) => {
			if (name !== section) return;
			const end = this.lastLine(start, headers[nth + 1]?.line ?? lines.length);
			for (let index = start; index <= end; index++) gone.add(index);
			if (lines[start - 1]?.kind === 'blank' && (lines[end + 1]?.kind ?? 'blank') === 'blank')
				gone.add(start - 1);
		});
		return this.readBack(this.withLines(lines.filter((_, index) => !gone.has(index))), section);
	}

	private entry(section: string, option: string): Entry | undefined {
		return this.index.get(section)?.get(option.toLowerCase());
	}

	private requireSound(): void {
		const fault = this.errors[0];
		if (!fault) return;
		const text =
			this.file === undefined
				? // TRANSLATORS: {1}: what is wrong with the line
					msg('Line {0}: {1}', fault.line, fault.message)
				: msg('{0}:{1}: {2}', this.file, fault.line, fault.message);
		throw new ConfigError('faulty-file', text, { ...this.place(), line: fault.line });
	}

	private checkLines(section: string, option: string, entry: Entry | undefined, lines: ValueLine[]): void {
		if (!this.index.has(section)) checkSectionName(section);
		if (!entry) checkOptionName(option);
		// What stands there already was read by fail2ban, so it may stay.
		const known = new Set(entry?.values);
		const values = lines.map(({ value }) => (value !== '' && known.has(value) ? 'x' : value));
		const fault =
			valueFault(values) ??
			lines.map(({ comment }) => commentFault(comment)).find((found) => found !== null) ??
			(lines.some(({ value, comment }, nth) => nth > 0 && value === '' && comment !== '')
				? msg('An empty line cannot have a comment.')
				: null);
		if (fault) throw new ConfigError('bad-value', fault, { ...this.place(), section, option });
	}

	private replaceEntry(entry: Entry, wanted: ValueLine[]): ConfigDocument {
		const { lines } = this.parsed;
		const first = entry.lines[0] ?? 0;
		const behind = (entry.lines.at(-1) ?? first) + 1;
		return this.withLines([
			...lines.slice(0, first),
			...rewriteValue(lines, entry, wanted),
			...lines.slice(behind),
		]);
	}

	private insertOption(section: string, option: string, wanted: ValueLine[]): ConfigDocument {
		const { lines, headers } = this.parsed;
		const last = [...this.parsed.entries].reverse().find((entry) => entry.section === section);
		const header = headers.filter((one) => one.section === section).at(-1)?.line ?? 0;
		const at = last?.lines.at(-1) ?? header;
		// Deeper than the option above, the line would continue that one's value.
		const model = lines[last?.lines[0] ?? header]?.text ?? '';
		const indent = model.slice(0, indentation(model));
		const added = newValueLines(indent, option, wanted).map((text) => this.newLine(text, lines[at]?.eol));
		return this.withLines([...lines.slice(0, at + 1), ...added, ...lines.slice(at + 1)]);
	}

	private appendSection(section: string, option: string, wanted: ValueLine[]): ConfigDocument {
		const { lines } = this.parsed;
		const last = lines.at(-1);
		const blank = last && strip(last.text) !== '' ? [''] : [];
		const added = [...blank, `[${section}]`, ...newValueLines('', option, wanted)];
		return this.withLines([...lines, ...added.map((text) => this.newLine(text, last?.eol))]);
	}

	private newLine(text: string, eol: TextLine['eol'] = ''): TextLine {
		return { text, eol: eol || this.eol() };
	}

	/** The line end of the file's first line. */
	private eol(): TextLine['eol'] {
		return this.parsed.lines[0]?.eol || '\n';
	}

	/** A file keeps its final line end, or the lack of one, whatever its last line is now. */
	private withLines(lines: readonly TextLine[]): ConfigDocument {
		const bare = this.parsed.lines.length > 0 && this.parsed.lines.at(-1)?.eol === '';
		const text = lines.map((line, nth) => {
			const end = nth === lines.length - 1;
			return line.text + (end && bare ? '' : line.eol || this.eol());
		});
		return ConfigDocument.parse(text.join(''), this.file);
	}

	/** Index of the last line of a section that is its header or belongs to a value. */
	private lastLine(header: number, behind: number): number {
		let last = header;
		for (const { lines } of this.parsed.entries) {
			const end = lines.at(-1) ?? 0;
			if (end > last && end < behind) last = end;
		}
		return last;
	}

	/** Indentation can make a line part of another value, so a change is accepted only as it reads back. */
	private readBack(next: ConfigDocument, section: string, option?: string, value?: string): ConfigDocument {
		const landed = option === undefined ? !next.hasSection(section) : next.get(section, option) === value;
		const same = sameApart(this.parsed, next.parsed, section, option?.toLowerCase());
		if (landed && same && next.errors.length === 0) return next;
		const text = msg(
			'The layout of the file is unusual: this change would alter other lines too. Edit the file itself.',
		);
		throw new ConfigError('bad-value', text, {
			...this.place(),
			section,
			...(option === undefined ? {} : { option }),
		});
	}

	private place(): { file?: string } {
		return this.file === undefined ? {} : { file: this.file };
	}
}

function sameLines(one: readonly ValueLine[], other: readonly ValueLine[]): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
