import type { CheckRow } from '../../contract/types.ts';
import { type Answer, base, clientAddress, type MaybeTask, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

/** The hardening check list, which also looks whether this browser is ignored; or one check of it. */
export async function getChecks(node: string, id?: 'client-ignored'): Promise<CheckRow[]> {
	return request('GET', `${base(node)}/checks`, { client: await clientAddress(), ...(id && { id }) });
}

/** Entries of one scope, comma separated; a force is asked for first. */
export function removeIgnore(
	node: string,
	ip: string,
	extra: { jail?: string; force?: boolean },
	waits?: Waits,
): Promise<MaybeTask<Answer<'removeIgnore'>>> {
	return write('DELETE', `${base(node)}/ignore`, { ip, ...extra }, waits);
}
