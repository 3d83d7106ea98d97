/** A jail's `filter`: a name and arguments, e.g. `sshd[mode=aggressive]`. */
export function filterName(value: string): string {
	return /^[^[\s]*/.exec(value.trim())?.[0] ?? '';
}

/** The `mode` among a filter's arguments; null: none is given. */
export function filterMode(value: string): string | null {
	const args = /\[(.*)\]\s*$/s.exec(value)?.[1] ?? '';
	const found = /(?:^|,)\s*mode\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,\]]*))/.exec(args);
	return found ? (found[1] ?? found[2] ?? found[3] ?? '').trim() : null;
}
