import type { FilterDetail } from '../../contract/types.ts';
import '../kit/RightButton.ts';
import { define } from '../kit/define.ts';
import { helpId } from '../kit/helpPages.ts';
import { expressionPanel } from './expressionPanel.ts';
import { sourceBar } from './sourceBar.ts';
import type { TestSource } from './testParams.ts';
import './TestResult.ts';
import { workbenchController } from './workbenchController.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openWorkbench: typeof openWorkbench;
	}
}

/** What the workbench starts with. */
export interface WorkbenchStart {
	/** Read the lines of this jail, with its filter if no other is named. */
	jail?: string;
	filter?: string;
	/** Make a new filter: of the one named, or from nothing. */
	create?: boolean;
	/** Test at once. */
	test?: boolean;
	/** Told after each change of a filter. */
	saved?: (name: string) => void;
	/** Told when it has gone. */
	closed?: () => void;
}

/** Tries a filter on log lines, and edits it. */
interface Workbench extends Ext.window.Window {
	nodename: string;
	start: WorkbenchStart;
	/** The filter that is edited or copied; undefined: a new one, or not there yet. */
	filter: FilterDetail | undefined;
	source: TestSource;
}

declare global {
	interface XTypes {
		pveFail2banWorkbench: Workbench;
	}
}

define<Workbench>('PVEFail2ban.window.Workbench', {
	extend: 'Ext.window.Window',
	xtype: 'pveFail2banWorkbench',
	itemId: 'fail2banWorkbench',
	modal: true,
	maximizable: true,
	layout: { type: 'hbox', align: 'stretch' },
	controller: workbenchController,
	defaultFocus: '#failregex',

	initComponent: function () {
		this.width = Math.min(1200, window.innerWidth - 60);
		this.height = Math.min(660, window.innerHeight - 60);
		this.source = 'jail';
		this.items = [expressionPanel(), { xtype: 'splitter' }, { xtype: 'pveFail2banTestResult', flex: 58 }];
		this.dockedItems = [sourceBar(this)];
		this.fbar = [
			{
				xtype: 'proxmoxHelpButton',
				onlineHelp: helpId('workbench'),
				hidden: false,
				listenToGlobalEvent: false,
			},
			'->',
			{
				xtype: 'pveFail2banButton',
				itemId: 'saveAs',
				nodename: this.nodename,
				right: 'root',
				hidden: this.start.create === true,
				text: gettext('Save As'),
				handler: 'saveAs',
			},
			{
				xtype: 'pveFail2banButton',
				itemId: 'save',
				nodename: this.nodename,
				right: 'root',
				text: gettext('Save'),
				handler: 'save',
			},
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
		this.on('destroy', () => this.start.closed?.());
	},
});

/** Opens the workbench: for a filter, for a jail and its filter, or for a new filter. */
export function openWorkbench(nodename: string, start: WorkbenchStart = {}): void {
	Ext.create('PVEFail2ban.window.Workbench', { autoShow: true, nodename, start });
}
