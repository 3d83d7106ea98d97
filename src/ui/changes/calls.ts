import type { ChangeDetail, ChangeRow } from '../../contract/types.ts';
import { base } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export function listChanges(node: string, waits?: Waits): Promise<ChangeRow[]> {
	return request('GET', `${base(node)}/changes`, {}, waits);
}

export function getChangeStatus(node: string, id: string, waits?: Waits): Promise<ChangeDetail> {
	return request('GET', `${base(node)}/changes/${id}/status`, {}, waits);
}
