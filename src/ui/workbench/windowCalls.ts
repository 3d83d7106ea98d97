import type { TestAnswer } from '../../contract/types.ts';
import { base, type Upid } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export function testFilter(node: string, params: object): Promise<TestAnswer> {
	return request('POST', `${base(node)}/test`, params);
}

export function scanLog(node: string, params: object, waits?: Waits): Promise<Upid> {
	return request('POST', `${base(node)}/scan`, params, waits);
}
