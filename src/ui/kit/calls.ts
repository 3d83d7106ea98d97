import type { JailRow, Status } from '../../contract/types.ts';
import { packList } from './address.ts';
import { base, longestList, type Params, taskOf, type Upid } from './api.ts';
import { request, type Waits } from './request.ts';

export function getStatus(node: string): Promise<Status> {
	return request('GET', `${base(node)}/status`);
}

export function listJails(node: string): Promise<JailRow[]> {
	return request('GET', `${base(node)}/jails`);
}

/**
 * Unbans addresses, a network, a jail, or everything. Several calls where one address line would be
 * too long; the tasks that do the rest are returned.
 */
export async function deleteBans(
	node: string,
	{ ips, ...rest }: Omit<Params<'deleteBans'>, 'ip'> & { ips?: string[] },
	waits?: Waits,
): Promise<Upid[]> {
	const tasks: Upid[] = [];
	for (const ip of ips ? packList(ips, longestList) : [undefined]) {
		const answer = await request('DELETE', `${base(node)}/bans`, { ip, ...rest }, waits);
		const upid = taskOf(answer);
		if (upid !== undefined) {
			tasks.push(upid);
		}
	}
	return tasks;
}
