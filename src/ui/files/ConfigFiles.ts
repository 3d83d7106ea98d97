import type { FileRow } from '../../contract/types.ts';
import { define } from '../kit/define.ts';
import { helpId } from '../kit/helpPages.ts';
import { encode, tip } from '../kit/text.ts';
import { filesController } from './filesController.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openConfigFiles: typeof openConfigFiles;
	}
}

/** The files behind it all, and an editor for those of this node. */
interface ConfigFiles extends Ext.window.Window {
	nodename: string;
	/** Tells the opener that the configuration was changed. */
	done: () => void;
	/** What the text area shows; a new file has no digest. */
	opened: { name: string; digest: string | undefined; editable: boolean } | undefined;
	/** The window closes though the text was edited. */
	discard: boolean;
}

/** One font for the text and its line numbers, which scroll together. */
const mono = 'font:12px/16px monospace;padding:4px 6px;white-space:pre;';

const origins: Record<string, () => string> = {
	package: () => gettext('Package'),
	changed: () => gettext('Changed'),
	local: () => gettext('Own'),
};

function renderName(name: string, meta: Ext.grid.CellMeta, { data }: Ext.data.Record<FileRow>): Encoded {
	meta.tdAttr = tip(`${name}, ${Proxmox.Utils.render_timestamp(data.mtime)}`);
	return data.used ? encode(name) : `<span class="pmx-opacity-75">${encode(name)}</span>`;
}

function button(itemId: string, nodename: string, text: string): Item {
	const disabled = itemId !== 'create';
	return {
		xtype: 'pveFail2banButton',
		reference: itemId,
		itemId,
		nodename,
		right: 'root',
		disabled,
		text,
		handler: itemId,
	};
}

declare global {
	interface XTypes {
		pveFail2banConfigFiles: ConfigFiles;
	}
}

define<ConfigFiles>('PVEFail2ban.window.ConfigFiles', {
	extend: 'Ext.window.Window',
	xtype: 'pveFail2banConfigFiles',
	itemId: 'fail2banConfigFiles',
	title: gettext('Configuration Files'),
	modal: true,
	width: 900,
	height: 600,
	maximizable: true,
	layout: { type: 'hbox', align: 'stretch' },
	controller: filesController,
	done: Ext.emptyFn,
	listeners: { beforeclose: 'onClose', afterrender: 'wire' },

	initComponent: function () {
		const { nodename } = this;
		this.items = [
			{
				xtype: 'grid',
				reference: 'list',
				itemId: 'list',
				width: 240,
				border: '0 1 0 0',
				hideHeaders: true,
				tbar: [
					button('create', nodename, gettext('Create')),
					button('remove', nodename, gettext('Remove')),
					{
						xtype: 'textfield',
						reference: 'search',
						itemId: 'search',
						name: 'search',
						flex: 1,
						emptyText: gettext('Search'),
						listeners: { change: 'search' },
					},
				],
				store: {
					fields: [],
					data: [],
					sorters: 'name',
					grouper: { property: 'origin', sortProperty: 'origin' },
				},
				features: [
					{
						ftype: 'grouping',
						groupHeaderTpl: [
							'{groupValue:this.title}',
							{ title: (origin: string) => encode(origins[origin]?.()) },
						],
					},
				],
				viewConfig: { trackOver: false },
				columns: [{ text: gettext('File'), dataIndex: 'name', flex: 1, renderer: renderName }],
				listeners: { selectionchange: 'onSelect' },
			},
			{
				xtype: 'container',
				flex: 1,
				layout: { type: 'vbox', align: 'stretch' },
				items: [
					{
						xtype: 'container',
						flex: 1,
						layout: { type: 'hbox', align: 'stretch' },
						items: [
							{
								xtype: 'component',
								reference: 'numbers',
								itemId: 'numbers',
								width: 44,
								cls: 'pmx-opacity-75',
								// the text has a border
								style: `${mono}padding-top:5px;overflow:hidden;text-align:right`,
							},
							{
								xtype: 'textarea',
								reference: 'text',
								itemId: 'text',
								name: 'content',
								flex: 1,
								fieldStyle: `${mono}overflow:auto`,
								readOnly: true,
								listeners: { change: 'onEdit' },
							},
						],
					},
					{
						xtype: 'component',
						reference: 'problems',
						itemId: 'problems',
						hidden: true,
						maxHeight: 100,
						padding: 6,
						scrollable: 'y',
					},
				],
			},
		];
		this.buttons = [
			{ xtype: 'proxmoxHelpButton', onlineHelp: helpId('files') },
			{ xtype: 'component', reference: 'hint', itemId: 'hint', flex: 1 },
			button('save', nodename, gettext('Save')),
			button('revert', nodename, gettext('Revert')),
		];
		this.callParent();
	},
});

/** Opens the files; `done` is told when one was changed. */
export function openConfigFiles(nodename: string, done: () => void = Ext.emptyFn): void {
	Ext.create('PVEFail2ban.window.ConfigFiles', { autoShow: true, nodename, done });
}
