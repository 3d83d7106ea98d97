import { type Message, msg } from '../kit/message.ts';
import { globToRegExp } from '../kit/patterns.ts';
import type { ReadText } from './SystemFiles.ts';

export interface SshdLine {
	/** In lower case. */
	keyword: string;
	words: string[];
}

/** What sshd_config(5) says. */
export interface SshdConfig {
	/** Lines that hold for all connections, in sshd's order. */
	global: SshdLine[];
	/** Match blocks in their order; `criteria` as written. */
	matches: { criteria: string; lines: SshdLine[] }[];
}

export interface SshdFiles {
	readText: ReadText;
	/** Names in a folder; empty if there is none. */
	list: (folder: string) => string[];
	/** Called for what cannot be read; may throw. */
	fault: (message: Message) => void;
}

/** How deep files may include others, as in OpenSSH. */
const deepest = 16;

/**
 * Reads sshd_config with what it includes; for what `sshd -T` does not say, and where it cannot be asked. A Match reaches
 * to the end of its own file: what an included file says of some connections ends with that file.
 */
export function readSshdConfig(files: SshdFiles, file = '/etc/ssh/sshd_config'): SshdConfig {
	const config: SshdConfig = { global: [], matches: [] };
	const read = (name: string, lines: SshdLine[], depth: number) => {
		const text = files.readText(name);
		if (text === null) return files.fault(msg('{0} cannot be read.', name));
		let current = lines;
		for (const { keyword, words } of text.split('\n').map(sshdLine)) {
			if (keyword === 'match') {
				current = [];
				config.matches.push({ criteria: words.join(' '), lines: current });
			} else if (keyword === 'include') {
				if (depth < deepest) for (const each of included(words, files)) read(each, current, depth + 1);
			} else if (keyword !== '') current.push({ keyword, words });
		}
	};
	read(file, config.global, 0);
	return config;
}

/** The values by keyword, for keywords of which the first line counts. */
export function firstValues(lines: readonly SshdLine[]): Map<string, string> {
	return new Map([...lines].reverse().map(({ keyword, words }) => [keyword, words.join(' ')]));
}

/** `Keyword value`, `Keyword=value`, `"quoted value"`, `# comment`. */
function sshdLine(line: string): SshdLine {
	const [, keyword = '', rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
	const words: string[] = [];
	for (const [, quoted, bare, comment] of rest.matchAll(/"([^"]*)"|([^\s"#][^\s"]*)|(#)/g)) {
		if (comment !== undefined) break;
		words.push(quoted ?? bare ?? '');
	}
	return { keyword: keyword.toLowerCase(), words };
}

function included(patterns: readonly string[], { list, fault }: SshdFiles): string[] {
	return patterns.flatMap((pattern) => {
		const path = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
		const folder = path.slice(0, path.lastIndexOf('/'));
		if (/[*?[]/.test(folder)) {
			fault(msg('Include {0}: wildcards in folder names are not supported here.', pattern));
			return [];
		}
		return filesLike(path, list);
	});
}

/** Files whose names a pattern fits, in their order; sshd and systemd read them so. @param pattern of the name only */
export function filesLike(pattern: string, list: (folder: string) => string[]): string[] {
	const at = pattern.lastIndexOf('/');
	const folder = pattern.slice(0, at);
	const name = globToRegExp(pattern.slice(at + 1), 'posix');
	return list(folder)
		.filter((each) => name.test(each))
		.sort()
		.map((each) => `${folder}/${each}`);
}
