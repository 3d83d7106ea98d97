import { getFilter } from './calls.ts';

type Workbench = XTypes['pveFail2banWorkbench'];

/** Milliseconds between two questions, and how many are asked. */
const pauseMs = 1000;
const questions = 5;

/** The check of a filter's expressions may still run when it is opened; asks again until it is done. */
export function watchWarnings(view: Workbench, show: () => void, times = questions): void {
	const { filter } = view;
	if (!filter || filter.warnings !== null || times === 0) {
		return;
	}
	window.setTimeout(() => {
		if (view.destroyed || view.filter !== filter) {
			return;
		}
		getFilter(view.nodename, filter.name).then(
			({ warnings }) => {
				filter.warnings = warnings;
				if (!view.destroyed) {
					show();
					watchWarnings(view, show, times - 1);
				}
			},
			// It is a hint only, and the window shows the filter already.
			() => undefined,
		);
	}, pauseMs);
}
