import type { ReadText } from '../../system/SystemFiles.ts';

/** What sshd_config(5) says, by lower-case keyword; the first value wins. */
export interface SshdConfig {
	global: Map<string, string>;
	/** Match blocks in their order; `criteria` as written. */
	matches: { criteria: string; settings: Map<string, string> }[];
}

/** How deep files may include others, as in OpenSSH. */
const deepest = 16;

/**
 * Reads sshd_config with what it includes; for what `sshd -T` does not tell, and where it cannot be asked.
 * @param listFolder names in a folder; empty if there is none
 * @throws Error for a file that cannot be read, and for an Include whose folders hold wildcards
 */
export function readSshdConfig(
	readText: ReadText,
	listFolder: (folder: string) => string[],
	file = '/etc/ssh/sshd_config',
): SshdConfig {
	const config: SshdConfig = { global: new Map(), matches: [] };
	const read = (name: string, settings: Map<string, string>, depth: number) => {
		const text = readText(name);
		if (text === null) throw new Error(`${name} cannot be read.`);
		let current = settings;
		for (const line of text.split('\n')) {
			const [keyword, words] = sshdLine(line);
			if (keyword === 'match') {
				current = new Map();
				config.matches.push({ criteria: words.join(' '), settings: current });
			} else if (keyword === 'include') {
				if (depth < deepest) for (const each of included(words, listFolder)) read(each, current, depth + 1);
			} else if (keyword !== '' && !current.has(keyword)) current.set(keyword, words.join(' '));
		}
	};
	read(file, config.global, 0);
	return config;
}

/** `Keyword value`, `Keyword=value`, `"quoted value"`, `# comment`. */
function sshdLine(line: string): [keyword: string, words: string[]] {
	const [, keyword = '', rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
	const words: string[] = [];
	for (const [, quoted, bare, comment] of rest.matchAll(/"([^"]*)"|([^\s"#][^\s"]*)|(#)/g)) {
		if (comment !== undefined) break;
		words.push(quoted ?? bare ?? '');
	}
	return [keyword.toLowerCase(), words];
}

function included(patterns: readonly string[], listFolder: (folder: string) => string[]): string[] {
	return patterns.flatMap((pattern) => {
		const path = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`;
		const at = path.lastIndexOf('/');
		const [folder, name] = [path.slice(0, at), path.slice(at + 1)];
		if (/[*?[]/.test(folder))
			throw new Error(`Include ${pattern}: folders with wildcards are not looked into.`);
		const expression = new RegExp(
			`^${name
				.replace(/[.+^${}()|\\]/g, '\\$&')
				.replace(/\*/g, '[^/]*')
				.replace(/\?/g, '[^/]')}$`,
		);
		const hidden = name.startsWith('.');
		return listFolder(folder)
			.filter((each) => expression.test(each) && (hidden || !each.startsWith('.')))
			.sort()
			.map((each) => `${folder}/${each}`);
	});
}
