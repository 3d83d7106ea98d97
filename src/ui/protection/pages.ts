import type { ProtectionIgnore, ProtectionJail } from '../../contract/types.ts';
import { isAddress, isCidr } from '../kit/address.ts';
import { renderLong } from '../kit/render.ts';
import { count, encode, format, tip } from '../kit/text.ts';
import { presetTitles } from './protectionWords.ts';

type Cell<Row> = (value: never, meta: Ext.grid.CellMeta, record: Ext.data.Record<Row>) => Encoded;

/** A column of check boxes; those of rows that `fixed` names cannot be changed. */
function checkColumn<Row>(text: string, fixed: (row: Row) => boolean): Ext.grid.Column {
	return {
		xtype: 'checkcolumn',
		text,
		dataIndex: 'chosen',
		width: 90,
		menuDisabled: true,
		listeners: {
			beforecheckchange: (_column: unknown, _row: unknown, _on: unknown, record: Ext.data.Record<Row>) =>
				!fixed(record.data),
			checkchange: 'onChosen',
		},
	};
}

/** A list of what may be ticked, and the field by which the wizard knows whether the page is done. */
function choice<Row>(
	name: string,
	key: string,
	columns: Ext.grid.Column[],
	fixed: (row: Row) => boolean,
	more: Partial<Omit<Ext.grid.Panel, 'xtype'>> = {},
): Item[] {
	return [
		{
			xtype: 'grid',
			reference: name,
			itemId: name,
			flex: 1,
			sortableColumns: false,
			enableColumnHide: false,
			store: { fields: [key, 'chosen', 'failures'], idProperty: key, data: [] },
			viewConfig: {
				trackOver: false,
				markDirty: false,
				getRowClass: ({ data }: Ext.data.Record<Row>) => (fixed(data) ? 'pmx-opacity-75' : ''),
			},
			columns,
			...more,
		},
		{ xtype: 'component', reference: `${name}Hint`, itemId: `${name}Hint`, padding: '5 0 0 0' },
	];
}

/** How strict the jails are. */
function presetPage(): Item {
	const radios = Object.entries(presetTitles).flatMap(([id, title]): Item[] => [
		{
			xtype: 'radiofield',
			itemId: id,
			name: 'preset',
			inputValue: id,
			checked: id === 'standard',
			boxLabel: encode(title()),
		},
		{ xtype: 'component', itemId: `text-${id}`, margin: '0 0 15 20', html: '&#160;' },
	]);
	const hint: Item = {
		xtype: 'component',
		reference: 'presetHint',
		hidden: true,
		userCls: 'pmx-hint',
		padding: 5,
	};
	return {
		xtype: 'panel',
		itemId: 'preset',
		title: gettext('Preset'),
		layout: 'anchor',
		items: [...radios, hint],
	};
}

const renderProtects: Cell<ProtectionJail> = (_value, meta, { data }) => {
	const { protects, available, reason, running } = data;
	if (!available && reason !== null) {
		meta.tdAttr = tip(reason);
	}
	const more = available ? (running ? gettext('running') : '') : (reason ?? '');
	return encode(protects) + (more === '' ? '' : `<div class="pmx-opacity-75">${encode(more)}</div>`);
};

const renderFailures: Cell<ProtectionJail> = (_value, _meta, { data }) => {
	const { failures, 'at-least': atLeast, available } = data;
	if (failures === null) {
		return available ? '…' : '-';
	}
	return encode(atLeast ? format(gettext('{0} or more'), count(failures)) : count(failures));
};

/** What is watched. */
function jailsPage(): Item {
	return {
		xtype: 'panel',
		itemId: 'jailsPage',
		title: gettext('Jails'),
		layout: { type: 'vbox', align: 'stretch' },
		items: [
			...choice<ProtectionJail>(
				'jails',
				'jail',
				[
					checkColumn<ProtectionJail>(gettext('Enable'), ({ available }) => !available),
					{ text: gettext('Jail'), dataIndex: 'jail', width: 110, renderer: renderLong },
					{
						text: gettext('Protects'),
						dataIndex: 'protects',
						flex: 1,
						cellWrap: true,
						renderer: renderProtects,
					},
					{
						text: gettext('Ports'),
						dataIndex: 'ports',
						width: 110,
						renderer: (ports: string, meta) =>
							renderLong(ports === 'all' ? gettext('all ports') : ports, meta),
					},
					{
						text: gettext('Failed Log-ins (7 Days)'),
						dataIndex: 'failures',
						width: 185,
						align: 'right',
						renderer: renderFailures,
					},
				],
				({ available }) => !available,
			),
			// hidden, but the wizard looks at each field
			{ xtype: 'textfield', reference: 'chosenJails', hidden: true, allowBlank: false, submitValue: false },
		],
	};
}

/** Who is never banned. */
function ignorePage(): Item {
	const columns: Ext.grid.Column[] = [
		checkColumn<ProtectionIgnore>(gettext('Ignore'), ({ present }) => present),
		{ text: gettext('IP/CIDR'), dataIndex: 'address', width: 200, renderer: renderLong },
		{
			text: gettext('Reason'),
			dataIndex: 'text',
			flex: 1,
			renderer: (text: string, _meta, { data }: Ext.data.Record<ProtectionIgnore>) =>
				encode(
					data.present && data.kind !== 'existing' ? format(gettext('{0} (already ignored)'), text) : text,
				),
		},
	];
	return {
		xtype: 'panel',
		itemId: 'ignorePage',
		title: gettext('Ignore List'),
		layout: { type: 'vbox', align: 'stretch' },
		listeners: { deactivate: 'addTyped' },
		items: choice<ProtectionIgnore>('ignore', 'address', columns, ({ present }) => present, {
			tbar: [
				{
					xtype: 'textfield',
					reference: 'address',
					itemId: 'address',
					width: 220,
					submitValue: false,
					emptyText: gettext('IP/CIDR'),
					validator: (text) => {
						const typed = text.trim();
						return (
							typed === '' || isAddress(typed) || isCidr(typed) || gettext('Not a valid IP address or CIDR.')
						);
					},
					listeners: { specialkey: 'onAddressKey' },
				},
				{ xtype: 'button', itemId: 'add', text: gettext('Add'), handler: 'addTyped' },
			],
		}),
	};
}

/** What will be done. */
function confirmPage(onSubmit: () => void, isReady: () => boolean): Item {
	return {
		xtype: 'panel',
		itemId: 'confirm',
		title: gettext('Confirm'),
		layout: { type: 'vbox', align: 'stretch' },
		onSubmit,
		validator: isReady,
		listeners: { activate: 'openPlan', deactivate: 'leavePlan' },
		items: [
			{ xtype: 'component', reference: 'summary', itemId: 'summary', margin: '0 0 10 0' },
			{
				xtype: 'component',
				reference: 'problem',
				itemId: 'problem',
				hidden: true,
				userCls: 'pmx-hint',
				padding: 5,
				margin: '0 0 10 0',
			},
			{
				xtype: 'panel',
				flex: 1,
				scrollable: true,
				bodyPadding: 5,
				items: [{ xtype: 'component', reference: 'diff', itemId: 'diff' }],
			},
		],
	} as Item;
}

export function wizardPages(onSubmit: () => void, isReady: () => boolean): Item[] {
	return [presetPage(), jailsPage(), ignorePage(), confirmPage(onSubmit, isReady)];
}
