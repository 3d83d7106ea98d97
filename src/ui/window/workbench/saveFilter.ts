import type { FilterDetail } from '../../../contract/types.ts';
import { getFilter, isTask, writeFilter } from '../../lib/api.ts';
import { confirm } from '../../lib/confirm.ts';
import { showFailure } from '../../lib/failure.ts';
import type { Failure } from '../../lib/request.ts';
import { showTask } from '../../lib/task.ts';
import { changedTexts, type FilterTexts, saveParams } from '../../lib/testParams.ts';
import { encode, format } from '../../lib/text.ts';
import { askFilterName } from '../FilterName.ts';
import type { Workbench } from '../Workbench.ts';

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

function failed({ view, mark }: Draft): (failure: Failure) => void {
	return (failure) => {
		if (!view.destroyed) {
			mark(failure.errors ?? {});
		}
		showFailure(failure, view.nodename);
	};
}

/** After a write, and after its task if there is one. */
function finish(draft: Draft, name: string, answer: unknown): void {
	const { view } = draft;
	const reload = () => {
		view.start.saved?.(name);
		if (!view.destroyed) {
			getFilter(view.nodename, name, view).then(
				(filter) => view.destroyed || draft.written(filter),
				failed(draft),
			);
		}
	};
	if (isTask(answer)) {
		showTask(answer, reload);
	} else {
		reload();
	}
}

/** Makes a filter: a copy of the one that is open, with what was changed, or one from nothing. */
export function saveNew(draft: Draft): void {
	const { view, typed } = draft;
	const { nodename, filter } = view;
	const changed = Object.entries(changedTexts(filter, typed));
	const params = Object.fromEntries(changed.filter(([, text]) => text !== '' || filter));
	askFilterName(nodename, (name, asking) => {
		const from = filter ? { copyOf: filter.name } : {};
		writeFilter('POST', nodename, name, { ...from, ...params }, asking).then((answer) => {
			asking.close();
			finish(draft, name, answer);
		}, failed(draft));
	});
}

/** Asks, and changes the filter that is open. */
export function saveChanged(draft: Draft, filter: FilterDetail): void {
	const { view, typed, doubts } = draft;
	const { nodename } = view;
	const jails = filter.usedBy.filter(({ enabled }) => enabled).map(({ jail }) => jail);
	const question = [
		format(gettext("Save filter '{0}'?"), filter.name),
		jails.length > 0
			? format(gettext('Used by: {0}.'), jails.join(', '))
			: gettext('No enabled jail uses it.'),
		...doubts,
	].join(' ');
	confirm(encode(question)).then((yes) => {
		if (yes) {
			const params = { ...saveParams(filter, typed), digest: filter.digest };
			writeFilter('PUT', nodename, filter.name, params, view).then(
				(answer) => finish(draft, filter.name, answer),
				failed(draft),
			);
		}
	});
}
