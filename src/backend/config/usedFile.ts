/**
 * Whether fail2ban reads, or runs, a file of this name below its configuration folder. It passes over hidden files
 * and other endings; what an [INCLUDES] names elsewhere is told by JailConfig.files().
 */
export function isUsedFile(name: string): boolean {
	return (
		/^(?:(?:jail|fail2ban|filter|action)\.d\/)?[^./][^/]*\.(?:conf|local)$/.test(name) ||
		/^action\.d\/[^./][^/]*\.py$/.test(name) ||
		/^filter\.d\/ignorecommands\/[^./][^/]*$/.test(name)
	);
}

/** Whether a package would ship a file of this name: what is local by fail2ban's rule has another ending. */
export function isPackageName(name: string): boolean {
	return isUsedFile(name) && !name.endsWith('.local');
}

/** Whether a new .local file of this name would be read: at the top only beside the file that it overrides. */
export function isReadWhenMade(name: string, exists: (name: string) => boolean): boolean {
	if (name.includes('/')) return isUsedFile(name);
	return /^(?:jail|fail2ban)\.local$/.test(name) || exists(name.replace(/\.local$/, '.conf'));
}
