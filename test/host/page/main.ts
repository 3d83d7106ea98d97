import './globals.ts';
import './stores.ts';
import './fields.ts';
import './buttons.ts';
import './editWindow.ts';
import './taskWindows.ts';
import './wizard.ts';
import './stateProvider.ts';
import './journalView.ts';
import './configPanel.ts';
import './workspace.ts';
import { Ext } from './ext.ts';
import { resume } from './session.ts';

Ext.onReady(async () => {
	Ext.tip.QuickTipManager.init();
	Ext.create((await resume()) ? 'Host.Workspace' : 'Host.LoginWindow');
});
