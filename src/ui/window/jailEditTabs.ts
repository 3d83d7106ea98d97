import type { OptionValue } from '../../contract/types.ts';
import '../form/OptionRow.ts';
import type { FieldKind } from '../lib/optionRules.ts';
import { place } from '../lib/origin.ts';
import { renderText } from '../lib/render.ts';
import { encode } from '../lib/text.ts';

interface Owner {
	nodename: string;
	jail: string;
}

function row({ nodename }: Owner, option: string, kind: FieldKind, label: string, more = {}): Item {
	return { xtype: 'pveFail2banOption', nodename, option, kind, label, ...more };
}

function hint(itemId: string): Item {
	return { xtype: 'component', itemId, hidden: true, userCls: 'pmx-hint', padding: 5, margin: '5 0 10 0' };
}

/** Whether the jail runs, and how strict it is. */
export function generalTab(owner: Owner): Item {
	return {
		xtype: 'panel',
		itemId: 'general',
		title: gettext('General'),
		items: [
			{
				xtype: 'container',
				layout: { type: 'hbox', align: 'middle' },
				items: [
					{
						xtype: 'displayfield',
						itemId: 'jail',
						fieldLabel: gettext('Jail'),
						labelWidth: 120,
						width: 330,
						value: owner.jail,
						renderer: renderText,
						fieldStyle: 'white-space: nowrap; overflow: hidden; text-overflow: ellipsis',
					},
					row(owner, 'enabled', 'bool', gettext('Enable'), { labelWidth: 60, flex: 1 }),
				],
			},
			row(owner, 'maxretry', 'count', gettext('Max. Retry')),
			row(owner, 'findtime', 'time', gettext('Find Time')),
			row(owner, 'bantime', 'bantime', gettext('Ban Time')),
			hint('sentence'),
			row(owner, 'ignoreip', 'ignoreip', gettext('Ignore List'), { fieldWidth: 330 }),
		],
	};
}

/** How bans grow for addresses that come back. */
export function repeatTab(owner: Owner): Item {
	const labelWidth = 150;
	return {
		xtype: 'panel',
		itemId: 'repeat',
		title: gettext('Repeat Offenders'),
		items: [
			row(owner, 'bantime.increment', 'bool', gettext('Ban Longer Each Time'), { labelWidth }),
			row(owner, 'bantime.multipliers', 'multipliers', gettext('Multipliers'), { labelWidth }),
			row(owner, 'bantime.factor', 'text', gettext('Factor'), { labelWidth }),
			row(owner, 'bantime.maxtime', 'time', gettext('Maximum Ban Time'), { labelWidth }),
			row(owner, 'bantime.rndtime', 'time', gettext('Random Extra Time'), { labelWidth }),
			row(owner, 'bantime.overalljails', 'bool', gettext('Count Over All Jails'), { labelWidth }),
			hint('growth'),
		],
	};
}

function renderValue(value: string | null, meta: Ext.grid.CellMeta): Encoded {
	meta.tdStyle = 'white-space: pre-wrap; overflow-wrap: anywhere';
	return value === null ? `<span class="pmx-opacity-75">${encode(gettext('not set'))}</span>` : encode(value);
}

function renderOverrides(overrides: OptionValue['overrides'], meta: Ext.grid.CellMeta): Encoded {
	meta.tdStyle = 'white-space: pre-wrap; overflow-wrap: anywhere';
	return overrides
		.map((one) => [one.value ?? one.raw ?? '', place(one)])
		.map(([value, where]) => encode(where ? `${value} (${where})` : value))
		.join('<br>');
}

/** Everything, to read. */
export function allOptionsTab(): Item {
	return {
		xtype: 'grid',
		itemId: 'allOptions',
		title: gettext('All Options'),
		bodyPadding: 0,
		disableSelection: true,
		viewConfig: { enableTextSelection: true, trackOver: false },
		store: { fields: [], data: [], sorters: 'name' },
		columns: [
			{ text: gettext('Option'), dataIndex: 'name', width: 150, renderer: renderText },
			{ text: gettext('Value'), dataIndex: 'value', flex: 1, cellWrap: true, renderer: renderValue },
			{
				text: gettext('Origin'),
				dataIndex: 'file',
				width: 180,
				cellWrap: true,
				renderer: (_file, _meta, { data }) => encode(place(data) || gettext('default of fail2ban')),
			},
			{
				text: gettext('Overrides'),
				dataIndex: 'overrides',
				flex: 1,
				sortable: false,
				cellWrap: true,
				renderer: renderOverrides,
			},
		],
	};
}
