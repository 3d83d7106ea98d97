import type { Failure } from './request.ts';

/** Says what failed: a change that was not applied in a window of its own, all else as PVE does. */
export function showFailure(failure: Failure, node: string): void {
	if (failure.html === undefined) {
		throw failure;
	}
	if (failure.errors['tx-failed'] !== undefined) {
		Ext.create('PVEFail2ban.window.NotApplied', { autoShow: true, failure, nodename: node });
	} else {
		Ext.Msg.alert(gettext('Error'), failure.html);
	}
}
