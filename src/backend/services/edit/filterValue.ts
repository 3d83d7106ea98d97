/** A jail's `filter`: a name and arguments, e.g. `sshd[mode=aggressive]`. */
export function filterName(value: string): string {
	return /^[^[\s]*/.exec(value.trim())?.[0] ?? '';
}
