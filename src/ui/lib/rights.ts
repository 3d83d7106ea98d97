import { format } from './text.ts';

/** `modify` is Sys.Modify on the node, `root` exactly root@pam. */
export type Right = 'modify' | 'root';

export function isRoot(): boolean {
	return Proxmox.UserName === 'root@pam';
}

/** Whether the user has the right. PVE decides at each call; this only greys out. */
export function has(right: Right | undefined): boolean {
	if (right === undefined) {
		return true;
	}
	return right === 'root' ? isRoot() : hasNodePrivilege('Sys.Modify');
}

/** What PVE's interface knows of the user's privileges on nodes. */
export function hasNodePrivilege(privilege: 'Sys.Audit' | 'Sys.Modify'): boolean {
	const caps = Ext.state.Manager.get('GuiCap') as { nodes?: Record<string, unknown> } | undefined;
	return Boolean(caps?.nodes?.[privilege]);
}

/** Why something is greyed out. */
export function missing(right: Right, node: string): string {
	return right === 'root'
		? gettext('Only root@pam may do this.')
		: format(gettext('Requires {0} on {1}.'), 'Sys.Modify', `/nodes/${node}`);
}
