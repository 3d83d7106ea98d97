/** PVE's view of a journal, and ExtJS's charts. */

interface XTypes {
	cartesian: Ext.chart.Cartesian;
	proxmoxJournalView: Proxmox.panel.JournalView;
}

declare namespace Proxmox.panel {
	interface JournalView extends Ext.panel.Panel {
		/** Read at each load. */
		url: string;
		startcursor?: string;
		endcursor?: string;
		content?: Encoded;
		scrollToEnd: boolean;
		loadTask: {
			delay(milliseconds: number, handler: undefined, scope: undefined, args: (boolean | string)[]): void;
		};
		getViewModel(): { get<T>(name: string): T; set(name: string, value: unknown): void };
	}

	type UpdateView = (lines: unknown[], live: boolean, top: boolean) => void;

	interface JournalController extends Ext.app.ViewController<JournalView> {
		/** A request is under way. */
		running: boolean;
		updateView: UpdateView;
		/** Ours: while an answer is to be dropped. */
		updateViewLater?: UpdateView;
		/** Loads the time span chosen. */
		updateParams(): void;
		onLiveMode(): void;
		onTimespan(): void;
	}
}

declare namespace Ext {
	interface Component {
		toggleCls(cls: string, state: boolean): void;
	}
}

declare namespace Ext.chart {
	interface Axis {
		setLabel(style: object): void;
		setTitle(style: object): void;
		setStyle(style: object): void;
		setGrid(style: object): void;
		setDateFormat?(format: string): void;
	}

	interface Cartesian extends Ext.panel.Panel {
		store: Ext.data.Store;
		axes: unknown;
		series: object[];
		legend: object;
		animation: boolean;
		downloadServerUrl: string;
		getAxes(): Axis[];
		setBackground(color: string): void;
		redraw(): void;
	}
}
