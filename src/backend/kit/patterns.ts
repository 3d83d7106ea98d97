/** Text as a part of a regular expression that finds just this text; JavaScript's or PCRE's. */
export function escapeRegExp(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/**
 * A shell pattern of file names as a regular expression for the whole name. `*` and `?` stop at a slash, and neither
 * they nor a class stand for the dot that hides a file. `posix` is glob(3), which OpenSSH and systemd use: a backslash
 * takes the next sign literally, and a class may be turned round by `^`. `python` is glob.glob, which fail2ban uses: a
 * backslash is itself, and only `!` turns a class round.
 */
export function globToRegExp(pattern: string, kind: 'posix' | 'python'): RegExp {
	const parts = kind === 'posix' ? /\\[\s\S]|\[[!^]?\]?[^\]/]*\]|[\s\S]/g : /\[!?\]?[^\]/]*\]|[\s\S]/g;
	let source = '';
	let atStart = true;
	for (const [part] of pattern.matchAll(parts)) {
		const isClass = part.length > 1 && part.startsWith('[');
		const isWild = isClass || part === '*' || part === '?';
		if (isWild && atStart) source += '(?!\\.)';
		if (part === '*') source += '[^/]*';
		else if (part === '?') source += '[^/]';
		else if (isClass) source += classSource(part.slice(1, -1), kind);
		else source += escapeRegExp(part.length > 1 ? part.slice(1) : part);
		atStart = part === '/';
	}
	return new RegExp(`^${source}$`);
}

function classSource(inner: string, kind: 'posix' | 'python'): string {
	const negated = inner.startsWith('!') || (kind === 'posix' && inner.startsWith('^'));
	const members = classMembers([...(negated ? inner.slice(1) : inner)]);
	if (members === '') return negated ? '[^/]' : '(?!)';
	return `(?!/)[${negated ? '^' : ''}${members}]`;
}

/** A range that ends before it begins stands for no sign; a regular expression would be refused for it. */
function classMembers(signs: readonly string[]): string {
	let members = '';
	for (let at = 0; at < signs.length; at++) {
		const [from = '', dash, to] = signs.slice(at, at + 3);
		const isRange = dash === '-' && to !== undefined;
		if (!isRange) members += classSign(from);
		else if (from <= to) members += `${classSign(from)}-${classSign(to)}`;
		if (isRange) at += 2;
	}
	return members;
}

function classSign(sign: string): string {
	return sign.replace(/[\\[\]^-]/, '\\$&');
}
