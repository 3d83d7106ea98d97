import { showWhyBanned } from './bans/WhyBanned.ts';
import { openChangeHistory } from './changes/ChangeHistory.ts';
import { openConfigFiles } from './files/ConfigFiles.ts';
import { openDifferences } from './files/Differences.ts';
import { openJailEdit } from './jails/JailEdit.ts';
import type { Windows } from './kit/inWindows.ts';
import { checkConnection } from './lockout/CheckConnection.ts';
import { openOptionEdit, saveOption } from './options/OptionEdit.ts';
import { openTestDetection } from './overview/TestDetection.ts';
import { openProtection } from './protection/SetUpProtection.ts';
import { openRepair } from './repair/RepairConfig.ts';
import { openWorkbench } from './workbench/Workbench.ts';

/** The second script, loaded when the first of its windows is opened. */
const windows: Windows = {
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

Ext.ns('PVEFail2ban').windows = windows;
