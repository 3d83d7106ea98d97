import { format } from './text.ts';

/** `modify` is Sys.Modify on the node, `test` Sys.Syslog beside it, `root` exactly root@pam. */
export type Right = 'modify' | 'test' | 'root';

export function isRoot(): boolean {
	return Proxmox.UserName === 'root@pam';
}

/** Whether the user has the right. PVE decides at each call; this only greys out. */
export function has(right: Right | undefined): boolean {
	if (right === undefined) {
		return true;
	}
	if (right === 'root') {
		return isRoot();
	}
	return hasNodePrivilege('Sys.Modify') && (right === 'modify' || hasNodePrivilege('Sys.Syslog'));
}

/** What PVE's interface knows of the user's privileges on nodes. */
export function hasNodePrivilege(privilege: 'Sys.Audit' | 'Sys.Modify' | 'Sys.Syslog'): boolean {
	const caps = Ext.state.Manager.get('GuiCap') as { nodes?: Record<string, unknown> } | undefined;
	return Boolean(caps?.nodes?.[privilege]);
}

/** Why something is greyed out. */
export function missing(right: Right, node: string): string {
	const privileges = right === 'test' ? 'Sys.Modify, Sys.Syslog' : 'Sys.Modify';
	return right === 'root'
		? gettext('Only root@pam may do this.')
		: format(gettext('Requires {0} on {1}.'), privileges, `/nodes/${node}`);
}
