/** A file below the folder by its path relative to it, any other as it is. */
export function relative(root: string, file: string): string {
	return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
