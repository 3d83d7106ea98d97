import { define, Ext } from './ext.ts';
import { logOut } from './session.ts';
import { textUtils } from './texts.ts';

const cards: Record<string, string> = { root: 'PVE.dc.Config', 'node/pve1': 'PVE.node.Config' };

function setTheme(theme: string): void {
	document.cookie = `PVEThemeCookie=${theme}; path=/; max-age=31536000`;
	document.documentElement.classList.toggle('host-dark', theme === 'proxmox-dark');
}

function toggleTheme(): void {
	setTheme(document.documentElement.classList.contains('host-dark') ? 'crisp' : 'proxmox-dark');
}

const taskList = () => ({
	xtype: 'grid',
	title: 'Tasks',
	region: 'south',
	height: 120,
	split: true,
	collapsible: true,
	store: {
		type: 'update',
		interval: 3000,
		autoStart: true,
		fields: ['upid', 'starttime', 'user', 'status'],
		idProperty: 'upid',
		proxy: { type: 'proxmox', url: '/api2/json/nodes/pve1/tasks' },
	},
	columns: [
		{ text: 'Start Time', dataIndex: 'starttime', width: 160, renderer: textUtils.render_timestamp },
		{ text: 'User name', dataIndex: 'user', width: 120, renderer: Ext.htmlEncode },
		{
			text: 'Description',
			dataIndex: 'upid',
			flex: 1,
			renderer: (upid: string) => Ext.htmlEncode(textUtils.parse_task_upid(upid).desc),
		},
		{ text: 'Status', dataIndex: 'status', width: 200, renderer: (text = 'running') => Ext.htmlEncode(text) },
	],
	listeners: {
		itemdblclick: (_view: unknown, { data: { upid } }: any) =>
			Ext.create('Proxmox.window.TaskViewer', { autoShow: true, upid }),
	},
});

/** Header, resource tree, the view of the chosen resource, task list: the places where PVE has them. */
define('Host.Workspace', {
	extend: 'Ext.container.Viewport',
	layout: 'border',

	initComponent() {
		const user = Ext.htmlEncode((globalThis as any).Proxmox.UserName);
		const state = Ext.state.Manager.getProvider();
		this.items = [
			{
				xtype: 'toolbar',
				region: 'north',
				items: [
					{ xtype: 'tbtext', text: '<b>Stand-in for Proxmox VE</b>' },
					'->',
					{ text: 'Theme', iconCls: 'fa fa-adjust', itemId: 'theme', handler: toggleTheme },
					{ text: user, iconCls: 'fa fa-user', itemId: 'user' },
					{ text: 'Logout', iconCls: 'fa fa-sign-out', handler: logOut },
				],
			},
			{
				xtype: 'treepanel',
				region: 'west',
				itemId: 'tree',
				title: 'Server View',
				width: 280,
				split: true,
				root: {
					id: 'root',
					text: 'Datacenter',
					iconCls: 'fa fa-server',
					expanded: true,
					children: [{ id: 'node/pve1', node: 'pve1', text: 'pve1', iconCls: 'fa fa-building', leaf: true }],
				},
				listeners: { selectionchange: (_model: unknown, [node]: any[]) => node && this.show(node) },
			},
			{ xtype: 'container', region: 'center', itemId: 'content', layout: 'fit' },
			taskList(),
		];
		this.callParent();
		this.select(state.get('rid')?.value);
		this.mon(state, 'statechange', (_state: unknown, name: string, entry: any) => {
			// what is cleared, as at each renewal of the ticket, comes without a value
			if (name === 'rid') {
				this.select(entry?.value);
			}
		});
	},
	select(id?: string) {
		const tree = this.down('#tree');
		const node = (id && tree.getStore().getNodeById(id)) || tree.getStore().getNodeById('node/pve1');
		tree.getSelectionModel().select(node);
	},
	show(node: any) {
		const content = this.down('#content');
		Ext.state.Manager.getProvider().set('rid', { value: node.id });
		content.removeAll(true);
		content.add(Ext.create(cards[node.id], { pveSelNode: node, workspace: this }));
	},
});
