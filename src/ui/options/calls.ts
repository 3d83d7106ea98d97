import type { DefaultValue, OptionValue, SettingValue } from '../../contract/types.ts';
import { base } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

/** What holds for all jails, and what the server does: two calls of one form. */
export type OptionScope = 'defaults' | 'settings';

/** What both answer, as far as it is shown. */
export interface ScopeOptions {
	digest: string;
	options: { [option: string]: OptionValue & Partial<DefaultValue & SettingValue> };
}

export function getOptions(node: string, scope: OptionScope, waits?: Waits): Promise<ScopeOptions> {
	return request('GET', `${base(node)}/${scope}`, {}, waits);
}
