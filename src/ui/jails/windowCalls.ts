import type { JailPreview } from '../../contract/types.ts';
import { type Answer, base, clientAddress, type MaybeTask, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';
import { type JailParams, jailPath } from './calls.ts';

/** Whom the jail would ban with these options, of which `delete` names those to give back. */
export async function previewJail(node: string, jail: string, options: object): Promise<JailPreview> {
	const params = { ...options, client: await clientAddress() };
	return request('GET', `${jailPath(node, jail)}/preview`, params);
}

export function getEffectiveJail(
	node: string,
	jail: string,
	waits?: Waits,
): Promise<Answer<'getEffectiveJail'>> {
	return request('GET', `${jailPath(node, jail)}/effective`, {}, waits);
}

export function createJail(
	node: string,
	params: JailParams,
	waits?: Waits,
): Promise<MaybeTask<Answer<'createJail'>>> {
	return write('POST', `${base(node)}/jails`, params, waits);
}
