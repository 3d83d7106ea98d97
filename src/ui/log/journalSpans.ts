/** How much of the log PVE's view of a journal shows: what comes, some days, or (ours) the last hour. */

type JournalView = Proxmox.panel.JournalView;

/** Seconds. */
const hourSeconds = 3600;

/** Lets PVE's own buttons end the last hour, and shows the lines of a time span as soon as it is chosen. */
export function watchSpans(view: JournalView, lastHour: Ext.button.Button): void {
	const journal = view.getController() as Proxmox.panel.JournalController;
	const { onLiveMode, onTimespan, updateParams } = journal;
	const ended = () => lastHour.toggle(false, true);
	// as an inline controller its methods are its own
	journal.onLiveMode = () => {
		ended();
		onLiveMode.call(journal);
		// PVE 9 leaves the old lines there, and asks for no new ones unless the last one is on the screen
		resetJournal(view, lastHour);
	};
	journal.onTimespan = () => {
		ended();
		onTimespan.call(journal);
		resetJournal(view, lastHour);
	};
	journal.updateParams = () => {
		ended();
		// PVE 8 moves the end on by a day with each load
		const until = view.getViewModel().get<Date>('until');
		const before = until.getTime();
		updateParams.call(journal);
		until.setTime(before);
	};
}

/** The button was pressed, or let go. */
export function showLastHour(view: JournalView, lastHour: Ext.button.Button): void {
	if (lastHour.pressed) {
		view.getViewModel().set('livemode', false);
		resetJournal(view, lastHour);
	} else {
		(view.getController() as Proxmox.panel.JournalController).onLiveMode();
	}
}

/** Empties the view and loads anew, as PVE 9 does after a change of its own filters; PVE 8 cannot. */
export function resetJournal(view: JournalView, lastHour: Ext.button.Button): void {
	const journal = view.getController() as Proxmox.panel.JournalController;
	if (journal.running && !journal.updateViewLater) {
		// the answer on its way is to the question before
		const { updateView } = journal;
		journal.updateViewLater = updateView;
		journal.updateView = () => {
			journal.updateView = updateView;
			delete journal.updateViewLater;
		};
	}
	delete view.startcursor;
	delete view.endcursor;
	delete view.content;
	journal.lookup('content').setHtml('');
	if (view.getViewModel().get<boolean>('livemode')) {
		view.scrollToEnd = true;
		view.loadTask.delay(200, undefined, undefined, [true, false]);
	} else if (lastHour.pressed) {
		const now = Math.floor(Date.now() / 1000);
		// the clocks of the node and the browser may differ a little
		view.loadTask.delay(200, undefined, undefined, [
			false,
			false,
			String(now - hourSeconds),
			String(now + hourSeconds),
		]);
	} else {
		journal.updateParams();
	}
}
