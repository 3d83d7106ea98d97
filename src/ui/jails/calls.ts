import type { JailDetail } from '../../contract/types.ts';
import { type Answer, base, type MaybeTask, type Params, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export function jailPath(node: string, jail: string): string {
	return `${base(node)}/jails/${encodeURIComponent(jail)}`;
}

/** `create`: what a jail of this name would inherit, if it were created. */
export function getJailConfig(node: string, jail: string, waits?: Waits, create?: true): Promise<JailDetail> {
	return request('GET', `${jailPath(node, jail)}/config`, { create }, waits);
}

/** Values of jail options by parameter name. */
export type JailParams = { [param: string]: string | number | boolean | undefined };

export function updateJail(
	node: string,
	jail: string,
	params: JailParams,
	waits?: Waits,
): Promise<MaybeTask<Answer<'updateJail'>>> {
	return write('PUT', jailPath(node, jail), params, waits);
}

export function deleteJail(
	node: string,
	jail: string,
	params: Omit<Params<'deleteJail'>, 'jail'>,
	waits?: Waits,
): Promise<MaybeTask<Answer<'deleteJail'>>> {
	return write('DELETE', jailPath(node, jail), params, waits);
}
