import { define, Ext } from './ext.ts';
import { requestUtils } from './requests.ts';
import { textUtils } from './texts.ts';

const urlOf = (node: string, upid: string) => `/nodes/${node}/tasks/${encodeURIComponent(upid)}`;

function statusStore(node: string, upid: string): any {
	const url = `/api2/json${urlOf(node, upid)}/status`;
	return Ext.create('Proxmox.data.ObjectStore', { url, interval: 1000 });
}

/** A bar until the task ends; then it closes, after an alert if the task failed. */
define('Proxmox.window.TaskProgress', {
	extend: 'Ext.window.Window',
	alias: 'widget.proxmoxTaskProgress',
	width: 300,
	layout: 'auto',
	modal: true,
	bodyPadding: 5,
	taskDone: () => undefined,

	initComponent() {
		const { node, desc } = textUtils.parse_task_upid(this.upid);
		const store = statusStore(node, this.upid);
		const bar = Ext.create('Ext.ProgressBar');
		this.title = `Task: ${Ext.htmlEncode(desc)}`;
		this.items = [bar];
		this.buttons = [
			{
				text: 'Details',
				handler: () => {
					const { upid, taskDone } = this;
					Ext.create('Proxmox.window.TaskViewer', { autoShow: true, upid, taskDone });
					this.close();
				},
			},
		];
		this.callParent();
		this.on('destroy', () => store.destroy());
		this.mon(store, 'load', () => {
			if (store.getValue('status') !== 'stopped') {
				return;
			}
			store.stopUpdate();
			const exit = store.getValue('exitstatus');
			if (exit === 'OK') {
				bar.reset();
				bar.updateText('Done!');
				Ext.defer(() => this.close(), 1000);
			} else {
				this.close();
				Ext.Msg.alert('Task failed', Ext.htmlEncode(exit));
			}
			this.taskDone(exit === 'OK');
		});
		store.startUpdate();
		bar.wait({ text: 'running...' });
	},
});

/** The log of a task as it grows, and a button that stops it. */
define('Proxmox.window.TaskViewer', {
	extend: 'Ext.window.Window',
	alias: 'widget.proxmoxTaskViewer',
	width: 800,
	height: 500,
	layout: 'fit',
	modal: true,
	taskDone: () => undefined,

	initComponent() {
		const { node, desc } = textUtils.parse_task_upid(this.upid);
		const url = urlOf(node, this.upid);
		const store = statusStore(node, this.upid);
		const stop = () => requestUtils.API2Request({ url, method: 'DELETE', waitMsgTarget: this });
		this.title = Ext.htmlEncode(`Task viewer: ${desc}`);
		this.items = [
			{
				xtype: 'panel',
				itemId: 'output',
				scrollable: true,
				bodyPadding: 5,
				bodyStyle: 'white-space: pre-wrap; font-family: monospace',
				tbar: [{ itemId: 'stop', text: 'Stop', disabled: true, handler: stop }],
			},
		];
		this.callParent();
		this.on('destroy', () => store.destroy());
		this.mon(store, 'load', () => {
			const status = store.getValue('status');
			this.down('#stop').setDisabled(status !== 'running');
			this.showLog(`${url}/log?limit=10000`);
			if (status === 'stopped') {
				store.stopUpdate();
				this.taskDone(store.getValue('exitstatus') === 'OK');
			}
		});
		store.startUpdate();
	},
	showLog(url: string) {
		const success = ({ result }: any) => {
			if (!this.destroyed) {
				const output = this.down('#output');
				output.setHtml(result.data.map(({ t }: any) => Ext.htmlEncode(t)).join('\n'));
				output.body.dom.scrollTop = output.body.dom.scrollHeight;
			}
		};
		requestUtils.API2Request({ url, method: 'GET', success });
	},
});
