import type { Repair } from '../../contract/types.ts';
import { base, clientAddress, type Upid, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export async function getRepair(node: string, copies: boolean, waits?: Waits): Promise<Repair> {
	return request('GET', `${base(node)}/repair`, { copies, client: await clientAddress() }, waits);
}

export function postRepair(node: string, params: object, waits?: Waits): Promise<Upid> {
	return write('POST', `${base(node)}/repair`, params, waits);
}
