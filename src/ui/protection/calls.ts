import type { Protection } from '../../contract/types.ts';
import { base, clientAddress, type Upid, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

/** What the wizard asks for; left out: what it would be. */
export interface ProtectionParams {
	preset?: Protection['asked'];
	jails: string;
	ignore: string;
}

export async function getProtection(
	node: string,
	params: Partial<ProtectionParams>,
	waits?: Waits,
): Promise<Protection> {
	return request('GET', `${base(node)}/protection`, { ...params, client: await clientAddress() }, waits);
}

export function applyProtection(
	node: string,
	params: ProtectionParams & { digest?: string; force?: boolean },
	waits?: Waits,
): Promise<Upid> {
	return write('POST', `${base(node)}/protection`, params, waits);
}
