import { type Answer, base, type MaybeTask, type Params, type Upid, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export function postService(
	node: string,
	command: Params<'postService'>['command'],
	waits?: Waits,
	jail?: string,
	force?: boolean,
): Promise<Upid> {
	return write('POST', `${base(node)}/service`, { command, jail, force }, waits);
}

export function addIgnore(
	node: string,
	params: Omit<Params<'addIgnore'>, 'client'>,
	waits?: Waits,
): Promise<Answer<'addIgnore'>> {
	return write('POST', `${base(node)}/ignore`, params, waits);
}

export function revertChange(
	node: string,
	id: string,
	extra: { force?: boolean } = {},
	waits?: Waits,
): Promise<MaybeTask<object>> {
	return write('POST', `${base(node)}/changes/${id}/revert`, extra, waits);
}

/** Keeps a change that waits for it. One that is lost on its way gives up after 5 s, so that it can be repeated. */
export function confirmChange(node: string, id: string): Promise<unknown> {
	return request('POST', `${base(node)}/changes/${id}/confirm`, {}, undefined, 5000);
}
