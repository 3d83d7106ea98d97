import { inWindows } from './inWindows.ts';
import { rightButton } from './RightButton.ts';

/** Opens the Change History of the node; `done` is told after a revert. */
export function historyButton(nodename: string, done: () => void): Item {
	return rightButton(nodename, 'openChanges', gettext('Change History'), {
		handler: () => inWindows(({ openChangeHistory }) => openChangeHistory(nodename, done)),
	});
}
