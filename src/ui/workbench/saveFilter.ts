import type { FilterDetail } from '../../contract/types.ts';
import { confirm } from '../kit/confirm.ts';
import { showFailure } from '../kit/failure.ts';
import type { Failure } from '../kit/request.ts';
import { encode, format, sentences } from '../kit/text.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { getFilter, writeFilter } from './calls.ts';
import { askFilterName } from './FilterName.ts';
import { changedTexts, type FilterTexts, saveParams } from './testParams.ts';

type Workbench = XTypes['pveFail2banWorkbench'];

/** What is to be saved. */
export interface Draft {
	view: Workbench;
	typed: FilterTexts;
	/** Sentences that speak against saving it. */
	doubts: string[];
	mark(errors: Record<string, string>): void;
	/** The filter as it is afterwards. */
	written(filter: FilterDetail): void;
}

/** Writes the filter, and shows it as it is afterwards. */
function save(
	draft: Draft,
	method: 'POST' | 'PUT',
	name: string,
	params: Record<string, string>,
	waits: Ext.Component,
	then: () => void = Ext.emptyFn,
): void {
	const { view, mark } = draft;
	const { nodename: node, start } = view;
	const nextDigest = () => getFilter(node, name).then(({ digest }) => digest);
	makeChange({
		node,
		...(params.digest !== undefined && { digest: params.digest }),
		call: (extra) => writeFilter(method, node, name, { ...params, ...extra }, waits),
		nextDigest: method === 'PUT' ? nextDigest : async () => undefined,
		done: () => {
			then();
			start.saved?.(name);
			if (!view.destroyed) {
				getFilter(node, name, view).then(
					(filter) => view.destroyed || draft.written(filter),
					(failure: Failure) => showFailure(failure, node),
				);
			}
		},
		refused: ({ errors }) => view.destroyed || mark(errors ?? {}),
	});
}

/** Makes a filter: a copy of the one that is open, with what was changed, or one from nothing. */
export function saveNew(draft: Draft): void {
	const { view, typed } = draft;
	const { nodename, filter } = view;
	const changed = Object.entries(changedTexts(filter, typed));
	const params = Object.fromEntries(changed.filter(([, text]) => text !== '' || filter));
	askFilterName(nodename, (name, asking) => {
		const from = filter ? { 'copy-of': filter.name } : {};
		save(draft, 'POST', name, { ...from, ...params }, asking, () => asking.destroyed || asking.close());
	});
}

/** Asks, and changes the filter that is open. */
export function saveChanged(draft: Draft, filter: FilterDetail): void {
	const { view, typed, doubts } = draft;
	const jails = filter['used-by'].filter(({ enabled }) => enabled).map(({ jail }) => jail);
	const question = sentences(
		format(gettext("Save filter '{0}'?"), filter.name),
		jails.length > 0
			? format(gettext('Used by: {0}.'), jails.join(', '))
			: gettext('No enabled jail uses it.'),
		...doubts,
	);
	confirm(encode(question)).then((yes) => {
		if (yes) {
			const params = { ...saveParams(filter, typed), digest: filter.digest };
			save(draft, 'PUT', filter.name, params, view);
		}
	});
}
