import { type Answer, base, type Params, type Upid, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

/** Puts bans that the firewall lost back into it. */
export function postEnforcement(node: string, waits?: Waits, force?: boolean): Promise<Upid> {
	return write('POST', `${base(node)}/enforcement`, { force }, waits);
}

export function getHistory(node: string, params: Params<'getHistory'>): Promise<Answer<'getHistory'>> {
	return request('GET', `${base(node)}/history`, params);
}
