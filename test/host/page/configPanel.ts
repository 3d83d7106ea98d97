import { define, Ext } from './ext.ts';

/** Puts an item below the ones that its `groups` name, as far as they are there. */
function menuNodeFor(root: any, item: any): void {
	let parent = root;
	for (const group of item.groups ?? []) {
		const child = parent.findChild('id', group);
		if (!child) {
			break;
		}
		parent = child;
	}
	parent.appendChild({
		id: item.itemId,
		text: item.title,
		iconCls: item.iconCls,
		leaf: true,
		expanded: Boolean(item.expandedOnInit),
	});
}

/**
 * A menu on the left and one card, made when its entry is chosen and destroyed when another one is. Items
 * are configurations; `insertNodes` is where a plugin adds its own.
 */
define('PVE.panel.Config', {
	extend: 'Ext.panel.Panel',
	alias: 'widget.pvePanelConfig',
	layout: 'card',
	border: false,
	hstateid: undefined,

	initComponent() {
		const provider = Ext.state.Manager.getProvider();
		const { items = [], title, hstateid } = this;
		this.sp = provider;
		this.savedItems = {};
		this.store = Ext.create('Ext.data.TreeStore', { root: { expanded: true } });
		this.firstItem = items[0]?.itemId;
		this.insertNodes(items);
		delete this.items;
		delete this.title;
		this.defaults = {
			...this.defaults,
			pveSelNode: this.pveSelNode,
			workspace: this.workspace,
			border: false,
		};
		this.dockedItems = [
			{
				xtype: 'toolbar',
				dock: 'top',
				height: 36,
				items: [{ xtype: 'tbtext', baseCls: 'x-panel-header-text', text: title }, '->', ...(this.tbar ?? [])],
			},
			{
				xtype: 'container',
				dock: 'left',
				cls: 'host-menu',
				width: 170,
				scrollable: 'y',
				items: [
					{
						xtype: 'treelist',
						itemId: 'menu',
						ui: 'nav',
						expanderOnly: true,
						expanderFirst: false,
						animation: false,
						singleExpand: false,
						store: this.store,
					},
				],
			},
		];
		delete this.tbar;
		this.callParent();
		const menu = this.down('#menu');
		// A click on an entry opens what is below it; on the chosen entry it also closes it again.
		menu.on('itemclick', (list: any, info: any) => {
			if (info.select) {
				info.toggle = !info.node.isExpanded() || list.getSelection() === info.node;
			}
		});
		menu.on('selectionchange', (_list: unknown, node: any) => node && this.activateCard(node.id));
		this.choose(hstateid && provider.get(hstateid)?.value);
		this.mon(provider, 'statechange', (_provider: unknown, name: string, state: any) => {
			if (name === hstateid) {
				this.choose(state?.value);
			}
		});
	},

	insertNodes(items: any[]) {
		for (const item of items) {
			if (item.itemId in this.savedItems) {
				throw new Error(`itemId ${item.itemId} is used twice`);
			}
			item.header = false;
			this.savedItems[item.itemId] = item;
			menuNodeFor(this.store.getRoot(), item);
		}
	},

	/** Selects an entry, or the first one if there is none of this name, and so shows its card. */
	choose(itemId?: string) {
		const root = this.store.getRoot();
		const node = (itemId && root.findChild('id', itemId, true)) || root.firstChild;
		for (let parent = node.parentNode; parent && parent !== root; parent = parent.parentNode) {
			parent.expand();
		}
		this.down('#menu').setSelection(node);
	},

	activateCard(itemId: string) {
		const old = this.getLayout().getActiveItem();
		if (old?.itemId === itemId) {
			return;
		}
		const card = this.add(this.savedItems[itemId]);
		this.setActiveItem(card);
		this.down('proxmoxHelpButton')?.setOnlineHelp(card.onlineHelp ?? this.onlineHelp);
		if (old) {
			this.remove(old, true);
			this.sp.set(this.hstateid, { value: itemId === this.firstItem ? '' : itemId });
		}
	},
});

const placeholder = (itemId: string, title: string, icon: string, more: object = {}) => ({
	itemId,
	title,
	iconCls: `fa fa-${icon}`,
	xtype: 'panel',
	bodyPadding: 20,
	html: 'Part of Proxmox VE, not of this stand-in.',
	...more,
});

const underSystem = { groups: ['services'] };

define('PVE.node.Config', {
	extend: 'PVE.panel.Config',
	alias: 'widget.PVE.node.Config',
	hstateid: 'nodetab',

	initComponent() {
		const nodename = this.pveSelNode.data.node;
		this.title = `Node '${nodename}'`;
		this.statusStore = Ext.create('Ext.data.Store', { model: 'KeyValue' });
		this.defaults = { statusStore: this.statusStore };
		this.onlineHelp = 'chapter_system_administration';
		this.tbar = [{ xtype: 'proxmoxHelpButton', onlineHelp: this.onlineHelp }];
		this.items = [
			placeholder('search', 'Search', 'search'),
			placeholder('summary', 'Summary', 'book'),
			placeholder('notes', 'Notes', 'sticky-note-o'),
			placeholder('jsconsole', 'Shell', 'terminal'),
			placeholder('services', 'System', 'cogs', { expandedOnInit: true }),
			placeholder('network', 'Network', 'exchange', underSystem),
			placeholder('dns', 'DNS', 'globe', underSystem),
			placeholder('syslog', 'System Log', 'list', underSystem),
			placeholder('apt', 'Updates', 'refresh'),
			placeholder('firewall', 'Firewall', 'shield'),
			placeholder('firewall-options', 'Options', 'gear', { groups: ['firewall'] }),
			placeholder('firewall-fwlog', 'Log', 'list', { groups: ['firewall'] }),
			placeholder('storage', 'Disks', 'hdd-o'),
			placeholder('tasks', 'Task History', 'list-alt'),
			placeholder('support', 'Subscription', 'support'),
		];
		this.callParent();
	},
});

define('PVE.dc.Config', {
	extend: 'PVE.panel.Config',
	alias: 'widget.pveDcConfig',
	hstateid: 'dctab',

	initComponent() {
		this.title = 'Datacenter';
		this.items = [
			placeholder('search', 'Search', 'search'),
			placeholder('summary', 'Summary', 'book'),
			placeholder('options', 'Options', 'gear'),
			placeholder('firewall', 'Firewall', 'shield'),
			placeholder('firewall-options', 'Options', 'gear', { groups: ['firewall'] }),
			placeholder('support', 'Support', 'comments-o'),
		];
		this.callParent();
	},
});
