import { accountOf, capabilities } from './accounts.ts';
import type { Params } from './askHelper.ts';
import { HostError } from './HostError.ts';
import type { HostTasks } from './HostTasks.ts';
import type { Sessions } from './Sessions.ts';

/** The only node of this host. */
export const nodeName = 'pve1';

const started = Date.now();

export interface PveCall {
	method: string;
	/** Decoded, e.g. /nodes/pve1/tasks. */
	path: string;
	params: Params;
}

interface Context {
	sessions: Sessions;
	tasks: HostTasks;
	onLoginFailure(user: string): void;
}

/** Calls that need no ticket. Answers undefined for any other. */
export function answerOpenCall(
	{ method, path, params }: PveCall,
	context: Context,
): { data: unknown } | undefined {
	if (method === 'GET' && path === '/access/domains') {
		return {
			data: [
				{ realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication', default: 1 },
				{ realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
			],
		};
	}
	if (method !== 'POST' || path !== '/access/ticket') {
		return undefined;
	}
	const name = String(params.username ?? '');
	const user = name.includes('@') || !params.realm ? name : `${name}@${params.realm}`;
	try {
		const { ticket, csrfToken } = context.sessions.logIn(user, String(params.password ?? ''));
		return { data: { username: user, ticket, CSRFPreventionToken: csrfToken, cap: capsOf(user) } };
	} catch (error) {
		context.onLoginFailure(user);
		throw error;
	}
}

function capsOf(user: string): object {
	const account = accountOf(user);
	return account ? capabilities(account) : {};
}

/** The few other calls of PVE that the page makes, for a user with a ticket. */
export function answerPveCall(
	{ method, path, params }: PveCall,
	{ tasks }: Context,
): { data: unknown; total?: number } {
	const [, taskPath, upid, leaf] =
		/^\/nodes\/[^/]+\/(tasks)(?:\/([^/]+)(?:\/(status|log))?)?$/.exec(path) ?? [];
	if (taskPath && method === 'GET') {
		if (upid === undefined) {
			return { data: tasks.list() };
		}
		return leaf === 'log'
			? tasks.log(upid, Number(params.start ?? 0), Number(params.limit ?? 50))
			: { data: tasks.status(upid) };
	}
	if (taskPath && method === 'DELETE' && upid !== undefined) {
		tasks.stop(upid);
		return { data: null };
	}
	const key = `${method} ${path}`;
	if (key === 'GET /version') {
		return { data: { version: '9.0.0', release: '9.0', repoid: '00000000' } };
	}
	if (key === 'GET /cluster/resources') {
		const uptime = Math.floor((Date.now() - started) / 1000);
		return { data: [{ type: 'node', id: `node/${nodeName}`, node: nodeName, status: 'online', uptime }] };
	}
	throw new HostError(501, `Method '${method} ${path}' not implemented`);
}
