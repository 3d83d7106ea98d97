import type { Upid } from './api.ts';
import { focusTopWindow } from './focusTopWindow.ts';

/** Shows the progress of a task; `done` is told when it has ended, well or not. */
export function showTask(upid: Upid, done?: (ok: boolean) => void): void {
	Ext.create('Proxmox.window.TaskProgress', {
		autoShow: true,
		upid,
		taskDone: (ok: boolean) => done?.(ok),
		listeners: { destroy: focusTopWindow },
	});
}
