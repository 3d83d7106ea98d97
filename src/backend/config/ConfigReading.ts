import { type Message, msg } from '../kit/message.ts';
import { ConfigDocument } from './ConfigDocument.ts';
import { ConfigError } from './ConfigError.ts';
import type { ConfigSource } from './ConfigSource.ts';
import { InterpolationError, interpolate } from './interpolate.ts';
import { folderOf, joinPath, normalizePath, withEnding } from './paths.ts';

/** Why a file does not count, or why fail2ban would not start. */
export interface ConfigProblem {
	file: string;
	/** Counted from 1; null: not known. */
	line: number | null;
	message: Message;
	/** fail2ban fails as a whole; otherwise it leaves the file out. */
	fatal: boolean;
}

/** Deep enough for every sane nest of includes; Python itself fails at about this depth. */
const MAX_INCLUDES = 200;

/** Ends the search at once: with two includes a file it would take two to the power of the depth. */
class IncludeCircle extends Error {
	constructor(readonly file: string) {
		super('Includes run in a circle.');
	}
}

/**
 * One reading of a configuration folder: which files fail2ban reads for a base name, in which order. Each
 * file is read once, and lists of includes are remembered, both as within one run of fail2ban.
 */
export class ConfigReading {
	readonly problems: ConfigProblem[] = [];
	private readonly documents = new Map<string, ConfigDocument | undefined>();
	private readonly includes = new Map<string, string[]>();

	constructor(
		private readonly source: ConfigSource,
		/** Absolute, without a slash at the end. */
		readonly root: string,
	) {}

	/** Undefined if there is no such file, or fail2ban would leave it out. */
	document(path: string): ConfigDocument | undefined {
		const file = normalizePath(path);
		if (!this.documents.has(file)) this.documents.set(file, this.load(file));
		return this.documents.get(file);
	}

	/**
	 * The files behind a base name such as `jail` or `filter.d/sshd`, includes resolved: X.conf, X.d/*.conf,
	 * X.local, X.d/*.local, each with what it names in [INCLUDES] before and after it. Normalized paths.
	 */
	files(base: string): string[] {
		const name = joinPath(this.root, base);
		const folder = (ending: string) =>
			this.source
				.list(normalizePath(`${name}.d`))
				.filter((file) => file.endsWith(ending) && !file.startsWith('.'))
				.sort(byCodePoint)
				.map((file) => `${name}.d/${file}`);
		const files = [`${name}.conf`, ...folder('.conf'), `${name}.local`, ...folder('.local')];
		const present = files.filter((file) => this.document(file) !== undefined);
		try {
			return this.withIncludes(present, []).map(normalizePath);
		} catch (error) {
			if (!(error instanceof IncludeCircle)) throw error;
			this.problems.push({
				file: error.file,
				line: null,
				message: msg('Includes run in a circle.'),
				fatal: true,
			});
			return present.map(normalizePath);
		}
	}

	/** The same folder with an empty file more, or in place of one. */
	withEmptyFile(file: string): ConfigReading {
		const name = file.slice(file.lastIndexOf('/') + 1);
		const source: ConfigSource = {
			read: (path) => (path === file ? '' : this.source.read(path)),
			list: (folder) => {
				const names = this.source.list(folder);
				return folder === folderOf(file) ? [...new Set([...names, name])] : names;
			},
		};
		const copy = new ConfigReading(source, this.root);
		for (const [path, document] of this.documents) if (path !== file) copy.documents.set(path, document);
		return copy;
	}

	private load(file: string): ConfigDocument | undefined {
		let text: string | undefined;
		try {
			text = this.source.read(file);
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			this.problems.push({ file, line: error.place.line ?? null, message: error.text, fatal: false });
		}
		if (text === undefined) return undefined;
		const document = ConfigDocument.parse(text, file);
		for (const { line, message } of document.errors) this.problems.push({ file, line, message, fatal: true });
		return document;
	}

	/** X.local comes right after each X, unless the list names it anyway. */
	private withIncludes(names: readonly string[], seen: readonly string[]): string[] {
		const files = names.flatMap((name) => {
			const local = withEnding(name, '.local');
			return names.includes(local) || this.document(local) === undefined ? [name] : [name, local];
		});
		const key = files.join('\x01');
		const known = this.includes.get(key);
		if (known) return known;
		const result = files.flatMap((file) => this.around(file, seen));
		this.includes.set(key, result);
		return result;
	}

	/** A file between the files that it includes. */
	private around(file: string, seen: readonly string[]): string[] {
		const document = this.document(file);
		if (!document) return [];
		if (seen.length > MAX_INCLUDES) throw new IncludeCircle(normalizePath(file));
		return [
			...this.included(document, 'before', file, seen),
			file,
			...this.included(document, 'after', file, seen),
		];
	}

	private included(
		document: ConfigDocument,
		option: string,
		file: string,
		seen: readonly string[],
	): string[] {
		if (!document.hasSection('INCLUDES')) return [];
		const section = document.get('INCLUDES', option) === undefined ? 'DEFAULT' : 'INCLUDES';
		const raw = document.get(section, option);
		if (raw === undefined) return [];
		const names = this.resolve(document, raw, file, document.lineOf(section, option) ?? null);
		return names.split('\n').flatMap((name) => {
			const path = joinPath(folderOf(file), name);
			// fail2ban compares the paths as written; it asks only whether an ancestor named the file.
			return seen.includes(path) ? [] : this.withIncludes([path], [...seen, file]);
		});
	}

	/** Includes may refer to the options of their own file only. */
	private resolve(document: ConfigDocument, raw: string, file: string, line: number | null): string {
		const options = (section: string) =>
			new Map(document.options(section).map((name) => [name, document.get(section, name) ?? '']));
		const sections = new Map(document.sections().map((name) => [name, options(name)]));
		try {
			return interpolate(raw, { section: 'INCLUDES', sections, defaults: options('DEFAULT') });
		} catch (error) {
			if (!(error instanceof InterpolationError)) throw error;
			this.problems.push({ file, line, message: error.text, fatal: true });
			return '';
		}
	}
}

/** Python's order of strings, which is not that of UTF-16. */
function byCodePoint(one: string, other: string): number {
	const [a, b] = [[...one], [...other]];
	for (let nth = 0; nth < a.length && nth < b.length; nth++) {
		const difference = (a[nth]?.codePointAt(0) ?? 0) - (b[nth]?.codePointAt(0) ?? 0);
		if (difference !== 0) return difference;
	}
	return a.length - b.length;
}
