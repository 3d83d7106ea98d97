import { type Endpoints, endpoints, type Permission } from '../../../src/contract/index.ts';
import type { Account } from './accounts.ts';
import { askHelper, type Params } from './askHelper.ts';
import { HostError } from './HostError.ts';
import type { HostTasks } from './HostTasks.ts';

type AnyEndpoint = Endpoints[keyof Endpoints];

const privilegeOf = { audit: 'Sys.Audit', modify: 'Sys.Modify', syslog: 'Sys.Syslog' } as const;

/** PVE's own check; that `root` is exactly root@pam is checked by the helper as well. */
function checkPermission(permission: Permission, { user, privileges }: Account, node: string): void {
	if (permission === 'root') {
		if (user !== 'root@pam') {
			throw new HostError(403, 'Permission check failed (user != root@pam)');
		}
	} else {
		const needed = permission.split('+').map((word) => privilegeOf[word as keyof typeof privilegeOf]);
		if (!needed.every((privilege) => privileges.includes(privilege))) {
			throw new HostError(403, `Permission check failed (/nodes/${node}, ${needed.join('|')})`);
		}
	}
}

interface Match {
	endpoint: AnyEndpoint;
	pathParams: Record<string, string>;
}

function matchEndpoint(method: string, path: string): Match {
	const segments = path.split('/').filter((each) => each !== '');
	for (const endpoint of Object.values(endpoints)) {
		const pattern = endpoint.path.split('/').filter((each) => each !== '');
		const fits =
			endpoint.method === method &&
			pattern.length === segments.length &&
			pattern.every((part, index) => part.startsWith('{') || part === segments[index]);
		if (fits) {
			const named = pattern.flatMap((part, index): [string, string][] =>
				part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(segments[index] ?? '')]] : [],
			);
			return { endpoint, pathParams: Object.fromEntries(named) };
		}
	}
	throw new HostError(501, `Method '${method} ${path}' not implemented`);
}

/** The part of PVE's schema check that the helper cannot see: it drops what the schema does not name. */
function checkNames({ params }: AnyEndpoint, given: Params & Record<string, unknown>): void {
	const errors: Record<string, string> = {};
	for (const name of Object.keys(given).filter((each) => !(each in params.properties))) {
		errors[name] = 'property is not defined in schema and the schema does not allow additional properties';
	}
	for (const name of (params.required ?? []).filter((each: string) => !(each in given))) {
		errors[name] = 'property is missing and it is not optional';
	}
	if (Object.keys(errors).length > 0) {
		throw new HostError(400, 'Parameter verification failed.', errors);
	}
}

export interface Fail2banCall {
	node: string;
	method: string;
	/** Below /nodes/{node}/fail2ban, URL-encoded. */
	path: string;
	params: Params;
	account: Account;
	clientIp: string;
}

/** Answers a call below /nodes/{node}/fail2ban by the helper; a long one becomes a task and its UPID. */
export async function answerFail2ban(
	socket: string,
	tasks: HostTasks,
	{ node, method, path, params, account, clientIp }: Fail2banCall,
): Promise<{ data: unknown; total?: number }> {
	const { endpoint, pathParams } = matchEndpoint(method, path);
	checkPermission(endpoint.permission, account, node);
	checkNames(endpoint, { ...params, ...pathParams });
	const answer = await askHelper(socket, {
		method: endpoint.method,
		path: path === '' ? '/' : path,
		params,
		user: account.user,
		clientIp,
		syslog: account.privileges.includes('Sys.Syslog'),
	});
	if (answer.kind === 'data') {
		return answer.body;
	}
	const [type, id] = taskName(endpoint, { ...params, ...pathParams });
	const upid = tasks.follow(node, type, id, account.user, answer.lines, answer.stop);
	return { data: endpoint.task === 'maybe' ? { upid } : upid };
}

/** What PVE's task list calls the tasks that are no service command, by the first part of the path. */
const taskTypes: Readonly<Record<string, string>> = { bans: 'f2bunban', jails: 'f2bjail' };

/** Type and id of a task's UPID, which may hold neither a colon nor a slash nor white space. */
function taskName({ path }: AnyEndpoint, params: Params): [type: string, id: string] {
	const id = /^[\w-]+$/.exec(String(params.jail ?? ''))?.[0] ?? '';
	if (path === '/service') {
		return [`f2b${params.jail === undefined ? '' : 'jail'}${params.command}`, id];
	}
	const [, noun = ''] = path.split('/');
	return [taskTypes[noun] ?? `f2b${noun}`, id];
}
