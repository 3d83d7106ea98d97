import type { JailRow } from '../../contract/types.ts';
import { count, encode, tip } from './text.ts';
import { shortTime } from './time.ts';

type Health = 'good' | 'warning' | 'critical';

/** An icon of PVE's and a word beside it. */
function icon(state: Health | undefined, text: string): Encoded {
	const cls = state === undefined ? 'fa fa-minus-circle' : `fa ${Proxmox.Utils.get_health_icon(state, true)}`;
	return `<i class="${cls}"></i> ${encode(text)}`;
}

/** What the jail does now. */
function jailState(jail: JailRow): { state: Health | undefined; text: string } {
	if (jail.running && jail.enforcing !== null && !jail.enforcing) {
		return { state: 'critical', text: gettext('not enforcing') };
	}
	if (jail.running) {
		return { state: 'good', text: gettext('running') };
	}
	return jail.enabled
		? { state: 'critical', text: gettext('stopped') }
		: { state: undefined, text: gettext('disabled') };
}

export function renderJailState(
	_value: unknown,
	meta: Ext.grid.CellMeta,
	record: Ext.data.Record<JailRow>,
): Encoded {
	const { state, text } = jailState(record.data);
	if (record.data.problem) {
		meta.tdAttr = tip(record.data.problem);
	}
	return icon(state, text);
}

export function renderText(value: string | null): Encoded {
	return encode(value);
}

/** A name or an address that its column may cut off. */
export function renderLong(value: string | null, meta: Ext.grid.CellMeta): Encoded {
	if (value !== null && value.length > 10) {
		meta.tdAttr = tip(value);
	}
	return encode(value);
}

export function renderCount(value: number): Encoded {
	return count(value);
}

/** A time of fail2ban as it is written, with -1 in words. */
export function renderBanTime(value: string | null): Encoded {
	return value?.trim() === '-1' ? encode(gettext('permanent')) : encode(value);
}

/** Unix seconds; null is the end of a permanent ban. */
export function renderMoment(value: number | null): Encoded {
	return value === null ? encode(gettext('never')) : encode(Proxmox.Utils.render_timestamp(value));
}

/** Seconds that are left; null is permanent. */
export function renderRemaining(value: number | null): Encoded {
	return encode(value === null ? gettext('never') : shortTime(value));
}

/** Whether the firewall holds a ban; null: not known. */
export function renderEnforced(value: boolean | null, meta: Ext.grid.CellMeta): Encoded {
	if (value === null) {
		meta.tdAttr = tip(gettext('Not known: no action of the jail uses the firewall, or it did not answer.'));
		return '-';
	}
	meta.tdAttr = tip(value ? gettext('The firewall holds the ban.') : gettext('The firewall lets it in.'));
	return icon(value ? 'good' : 'critical', '');
}
