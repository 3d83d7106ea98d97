import { type Answer, base, type MaybeTask, write } from '../kit/api.ts';
import type { Waits } from '../kit/request.ts';
import type { OptionScope } from './calls.ts';

export function updateOptions(
	node: string,
	scope: OptionScope,
	params: object,
	waits?: Waits,
): Promise<MaybeTask<Answer<'updateDefaults'>>> {
	return write('PUT', `${base(node)}/${scope}`, params, waits);
}
