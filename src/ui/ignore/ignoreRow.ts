import type { IgnoreRow } from '../../contract/types.ts';
import { place } from '../kit/origin.ts';
import { format, plural, sentences } from '../kit/text.ts';

/** Why an entry cannot be changed here. */
export function fixedText(row: IgnoreRow): string {
	switch (row.fixed) {
		case 'package':
			return format(gettext('Set in {0}, which is not a .local file.'), row.file);
		case 'form':
			return gettext('Not a literal address; change it in its file.');
		case 'interpolated':
			return format(gettext('Taken from another option, see {0}.'), place(row));
		default:
			return gettext('A file that is read later overrides it.');
	}
}

/** Where the entry counts. */
export function scopeText({ jail, except }: IgnoreRow): string {
	return except.length === 0
		? (jail ?? gettext('All Jails'))
		: format(gettext('All Jails except {0}'), except.join(', '));
}

/** Whether a row holds what is searched for. */
export function isListed({ ip, jail, comment, user, file }: IgnoreRow, typed: string): boolean {
	const text = typed.trim().toLowerCase();
	return [ip, jail, comment, user, file].some((value) => value?.toLowerCase().includes(text));
}

/** The entries of each scope, because each call is for one. */
export function byScope(rows: IgnoreRow[]): [jail: string | undefined, ips: string[]][] {
	const scopes = new Map<string | undefined, string[]>();
	for (const { jail, ip } of rows) {
		const scope = jail ?? undefined;
		scopes.set(scope, [...(scopes.get(scope) ?? []), ip]);
	}
	return [...scopes];
}

/** The question before entries are removed. */
export function removeQuestion(rows: IgnoreRow[]): string {
	const [first] = rows;
	const network = gettext('Remove {0}? Its addresses can be banned again.');
	const single = gettext('Remove {0}? It can be banned again.');
	const several = plural(
		rows.length,
		'Remove {0} entry? Its addresses can be banned again.',
		'Remove {0} entries? Their addresses can be banned again.',
	);
	const text =
		rows.length > 1 || !first
			? format(several, rows.length)
			: format(first.ip.includes('/') ? network : single, first.ip);
	return sentences(
		text,
		rows.some(({ covers }) => covers) ? gettext('Your own address is one of them.') : '',
	);
}
