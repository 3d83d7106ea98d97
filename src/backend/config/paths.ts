/** POSIX paths without the node: modules, which this layer does without. */

/** Without `.`, `..` and doubled slashes; symbolic links are not looked at. */
export function normalizePath(path: string): string {
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..' && (path.startsWith('/') || (parts.length > 0 && parts.at(-1) !== '..'))) parts.pop();
		else if (part !== '' && part !== '.') parts.push(part);
	}
	return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

export function folderOf(path: string): string {
	const at = path.lastIndexOf('/');
	return at <= 0 ? path.slice(0, at + 1) : path.slice(0, at);
}

/** As Python's os.path.join: an absolute second path stands alone. */
export function joinPath(folder: string, path: string): string {
	if (path.startsWith('/')) return path;
	return folder === '' || folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`;
}

/** The path with another ending in place of its last `.xyz`. */
export function withEnding(path: string, ending: string): string {
	const base = path.slice(path.lastIndexOf('/') + 1);
	const at = base.replace(/^\.+/, (dots) => '_'.repeat(dots.length)).lastIndexOf('.');
	return `${at === -1 ? path : path.slice(0, path.length - base.length + at)}${ending}`;
}

/** Where a path lies below a folder ('' for the folder itself), or undefined. Both normalized. */
export function pathBelow(folder: string, path: string): string | undefined {
	if (path === folder) return '';
	return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
