import type { FilterRow } from '../../contract/types.ts';
import { encode, format, sentences, tip } from '../kit/text.ts';

type Meta = Ext.grid.CellMeta;
type Row = Ext.data.Record<FilterRow>;

/** Jails that count on the filter. */
function usersOf({ 'used-by': usedBy }: FilterRow): { active: string[]; disabled: string[] } {
	const active = usedBy.filter(({ enabled, running }) => enabled || running).map(({ jail }) => jail);
	return { active, disabled: usedBy.map(({ jail }) => jail).filter((jail) => !active.includes(jail)) };
}

/** Whether the row belongs into the list. */
export function isListed(row: FilterRow, onlyUsed: boolean, search: string): boolean {
	const wanted = search.trim().toLowerCase();
	if (onlyUsed && usersOf(row).active.length === 0) {
		return false;
	}
	return [row.name, row.file, ...row['used-by'].map(({ jail }) => jail)].some((text) =>
		text.toLowerCase().includes(wanted),
	);
}

/** Whether the server looks for faults in the filter right now; it does for those in use and those changed here. */
export function isChecking(row: FilterRow): boolean {
	const looks = usersOf(row).active.length > 0 || row.origin !== 'package';
	return looks && !row.fragment && row.warnings === null;
}

export function originWord(origin: FilterRow['origin']): string {
	return { package: gettext('Package'), changed: gettext('Changed'), own: gettext('Own') }[origin];
}

export function renderUsers(_value: unknown, meta: Meta, record: Row): Encoded {
	const { active, disabled } = usersOf(record.data);
	if (record.data['used-by'].length > 0) {
		const more = disabled.map((jail) => format(gettext('{0} (disabled)'), jail));
		meta.tdAttr = tip([...active, ...more].join(', '));
	}
	return active.length > 0
		? encode(active.join(', '))
		: `<span class="pmx-opacity-75">${encode(disabled.join(', '))}</span>`;
}

function kindText(kind: string): string {
	switch (kind) {
		case 'injectable':
			return gettext('Not anchored: a user name can forge the address.');
		case 'slow':
			return gettext('A crafted line can keep fail2ban busy.');
		case 'broken':
			return gettext('An expression does not compile.');
		case 'nohost':
			return gettext('An expression finds no address.');
		default:
			return kind;
	}
}

export function renderWarnings(warnings: number | null, meta: Meta, record: Row): Encoded {
	const { kinds, fragment } = record.data;
	if (!warnings) {
		const known = warnings === 0 && !fragment;
		meta.tdAttr = tip(
			fragment ? gettext('For other filters to include.') : known ? '' : gettext('Not checked yet.'),
		);
		return known ? '<i class="fa fa-check-circle good"></i>' : '-';
	}
	meta.tdAttr = tip(sentences(...kinds.map(kindText)));
	const fails = kinds.includes('broken') || kinds.includes('nohost');
	return `<i class="fa ${fails ? 'fa-times-circle critical' : 'fa-exclamation-circle warning'}"></i> ${encode(warnings)}`;
}

/** What is asked before the filter's .local file goes. */
export function removeQuestion(row: FilterRow): string {
	const { active } = usersOf(row);
	const local = row.file.replace(/\.conf$/, '.local');
	return sentences(
		row.origin === 'own'
			? format(gettext("Remove filter '{0}'?"), row.name)
			: format(gettext("Reset filter '{0}' to its packaged version?"), row.name),
		format(gettext('{0} is removed.'), local),
		active.length > 0 ? format(gettext('Used by: {0}.'), active.join(', ')) : '',
	);
}
