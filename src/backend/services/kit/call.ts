import type { AnswerOf, HelperEndpoints, ParamsOf } from '../../../contract/index.ts';
import type { Caller, Task } from '../../kit/caller.ts';

export interface Call<Params> {
	params: Params;
	caller: Caller;
}

export type Result<Answer> = { data: Answer; total?: number } | { task: Task };

type Service<E> = (call: Call<ParamsOf<E>>) => Promise<Result<AnswerOf<E>>>;

/** One function for each endpoint of the contract that the helper answers. */
export type Services = { [Name in keyof HelperEndpoints]: Service<HelperEndpoints[Name]> };
