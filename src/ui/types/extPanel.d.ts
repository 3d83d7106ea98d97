/** What holds other components. */
declare namespace Ext {
	namespace container {
		interface Container extends Component {
			items: Item[];
			layout: Layout;
			defaults: object;
			/** Makes `lookup` find the references below. */
			referenceHolder: boolean;
			down<T extends Component = Component>(selector: string): T;
			query<T extends Component = Component>(selector: string): T[];
			lookup<T extends Component = Component>(reference: string): T;
			add(items: Item | Item[]): void;
		}
	}

	namespace panel {
		interface Panel extends container.Container {
			title: string;
			iconCls: string;
			header: boolean;
			bodyPadding: number | string;
			bodyStyle: string;
			collapsible: boolean;
			collapsed: boolean;
			titleCollapse: boolean;
			tbar: Item[];
			bbar: Item[];
			fbar: Item[];
			buttonAlign: 'left' | 'center' | 'right';
			buttons: Item[];
			dockedItems: Item[];
			getDockedItems(selector: string): Component[];
			setTitle(title: Encoded): void;
		}
	}

	namespace tab {
		interface Panel extends panel.Panel {
			deferredRender: boolean;
			activeTab: number;
			setActiveTab(tab: Component | number): void;
		}
	}

	namespace toolbar {
		interface Toolbar extends container.Container {
			overflowHandler: 'scroller' | 'menu';
		}
		interface TextItem extends Component {
			text: Encoded;
			setText(text: Encoded): void;
		}
	}

	namespace button {
		interface Button extends Component {
			text: Encoded;
			iconCls: string;
			tooltip: Encoded;
			handler: Handler;
			scope: unknown;
			menu: Menu;
			/** Whether a click opens a menu without entries, which may come when it opens. */
			showEmptyMenu: boolean;
			showMenu(): void;
			hideMenu(): void;
			setText(text: Encoded): void;
			setTooltip(tooltip: Encoded | null): void;
			enableToggle: boolean;
			pressed: boolean;
			toggleHandler: Handler;
			toggle(pressed: boolean, silent: boolean): void;
		}
	}

	interface ProgressBar extends Component {
		/** `value` from 0 to 1; the text as it is, HTML. */
		updateProgress(value: number, text: Encoded): void;
	}

	namespace window {
		interface Window extends panel.Panel {
			modal: boolean;
			closable: boolean;
			resizable: boolean;
			maximizable: boolean;
			constrain: boolean;
			defaultFocus: string;
			defaultButton: string;
			close(): void;
			center(): void;
		}
	}
}
