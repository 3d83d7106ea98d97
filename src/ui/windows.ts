import { openChangeHistory } from './window/ChangeHistory.ts';
import { checkConnection } from './window/CheckConnection.ts';
import { openConfigFiles } from './window/ConfigFiles.ts';
import { openDifferences } from './window/Differences.ts';
import { openJailEdit } from './window/JailEdit.ts';
import { openOptionEdit, saveOption } from './window/OptionEdit.ts';
import { openRepair } from './window/RepairConfig.ts';
import { openProtection } from './window/SetUpProtection.ts';
import { openTestDetection } from './window/TestDetection.ts';
import { showWhyBanned } from './window/WhyBanned.ts';
import { openWorkbench } from './window/Workbench.ts';

/** What the second script brings: the large windows, loaded when the first of them is opened. */
const windows = {
	checkConnection,
	openChangeHistory,
	openConfigFiles,
	openDifferences,
	openJailEdit,
	openOptionEdit,
	openProtection,
	openRepair,
	openTestDetection,
	openWorkbench,
	saveOption,
	showWhyBanned,
};

export type Windows = typeof windows;

Ext.ns('PVEFail2ban').windows = windows;
