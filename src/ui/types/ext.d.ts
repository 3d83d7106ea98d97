/**
 * The part of ExtJS that this interface uses, for both 6.2 and 7.0. A class interface holds configs and
 * members side by side, so that `define<Self>` can check a class body against them.
 */

type Encoded = string;

/** A handler is a function, or the name of a method of the nearest view controller. */
type Handler = string | ((this: never, ...args: never[]) => unknown);

type Listeners = {
	[event: string]:
		| Handler
		| { fn: Handler; element?: 'el'; buffer?: number; single?: boolean; scope?: unknown }
		| string
		| undefined;
};

/** Every xtype that stands in `items`; our own classes add themselves. */
interface XTypes {
	box: Ext.Component;
	button: Ext.button.Button;
	checkbox: Ext.form.field.Checkbox;
	combobox: Ext.form.field.ComboBox;
	component: Ext.Component;
	container: Ext.container.Container;
	displayfield: Ext.form.field.Display;
	grid: Ext.grid.Panel;
	panel: Ext.panel.Panel;
	radiofield: Ext.form.field.Radio;
	tabpanel: Ext.tab.Panel;
	tbtext: Ext.toolbar.TextItem;
	textarea: Ext.form.field.TextArea;
	textfield: Ext.form.field.Text;
	toolbar: Ext.toolbar.Toolbar;
}

type ItemOf<K extends keyof XTypes> = { xtype: K } & Partial<XTypes[K]>;
type Item = { [K in keyof XTypes]: ItemOf<K> }[keyof XTypes] | '->' | '-';

type Layout =
	| 'auto'
	| 'card'
	| 'fit'
	| 'hbox'
	| 'vbox'
	| 'anchor'
	| { type: 'hbox' | 'vbox'; align?: string; pack?: string };

declare namespace Ext {
	interface Base {
		destroyed: boolean;
		destroy(): void;
		/** Finds the parent's method through the caller: never from strict code, an arrow or after an await. */
		callParent(args?: ArrayLike<unknown>): void;
		initialConfig: object;
	}

	interface Observable extends Base {
		listeners: Listeners;
		on(event: string, handler: (...args: never[]) => unknown, scope?: unknown, options?: object): void;
		un(event: string, handler: (...args: never[]) => unknown): void;
		fireEvent(event: string, ...args: unknown[]): boolean;
		suspendEvents(): void;
		resumeEvents(): void;
	}

	interface Element {
		dom: HTMLElement;
		mask(message?: string): void;
		unmask(): void;
		setHtml(html: Encoded): void;
	}

	interface Component extends Observable {
		xtype: string;
		itemId: string;
		reference: string;
		cls: string;
		userCls: string;
		componentCls: string;
		baseCls: string;
		ui: string;
		style: string | Record<string, string>;
		width: number;
		minWidth: number;
		maxWidth: number;
		height: number;
		minHeight: number;
		maxHeight: number;
		flex: number;
		margin: number | string;
		padding: number | string;
		border: boolean | number | string;
		region: string;
		anchor: string;
		dock: string;
		hidden: boolean;
		disabled: boolean;
		autoShow: boolean;
		html: Encoded;
		data: unknown;
		tpl: string[];
		stateful: boolean;
		stateId: string;
		scrollable: boolean | 'y';
		controller: object;
		rendered: boolean;
		el: Element;

		initComponent(): void;
		show(): void;
		hide(): void;
		setHidden(hidden: boolean): void;
		setVisible(visible: boolean): void;
		isVisible(deep?: boolean): boolean;
		setDisabled(disabled: boolean): void;
		setHtml(html: Encoded): void;
		setData(data: unknown): void;
		setLoading(state: boolean | string): void;
		focus(): void;
		up<T extends Component = Component>(selector: string): T;
		mon(target: unknown, event: string, handler: (...args: never[]) => unknown, scope?: unknown): void;
		getController(): object;
		/** Of this component, or of the nearest one around it that has one. */
		lookupController(): object;
		getWidth(): number;
		updateLayout(): void;
	}

	interface MenuItem {
		text: Encoded;
		iconCls?: string;
		itemId?: string;
		disabled?: boolean;
		handler?: () => void;
	}

	interface Menu {
		xtype?: keyof XTypes;
		items?: (MenuItem | '-')[];
		listeners?: Listeners;
	}

	interface MenuInstance extends container.Container {
		removeAll(): void;
		showAt(xy: [number, number]): void;
	}

	interface SelectionModel extends Observable {
		getSelection(): data.Record[];
		select(records: data.Record | data.Record[], keepExisting?: boolean): void;
		deselectAll(): void;
		selectAll(suppress?: boolean): void;
		isSelected(record: data.Record): boolean;
		onNavigate(event: { keyEvent: KeyEvent }): void;
		mode: 'SINGLE' | 'SIMPLE' | 'MULTI';
		showHeaderCheckbox: boolean;
		pruneRemoved: boolean;
	}

	interface KeyEvent {
		type: string;
		getKey(): number;
		ENTER: number;
		DELETE: number;
		ESC: number;
		SPACE: number;
		stopEvent(): void;
		getXY(): [number, number];
	}

	namespace app {
		interface ViewController<View> extends Observable {
			getView(): View;
			lookup<T extends Component = Component>(reference: string): T;
			init(view: View): void;
		}
	}

	interface MessageOptions {
		title: string;
		message: Encoded;
		icon?: string;
		buttons?: number;
		buttonText?: Record<string, string>;
		defaultFocus?: string;
		closable?: boolean;
		width?: number;
		callback?: (button: 'yes' | 'no' | 'ok' | 'cancel') => void;
	}

	interface MessageBox {
		YESNO: number;
		YESNOCANCEL: number;
		OK: number;
		OKCANCEL: number;
		WARNING: string;
		QUESTION: string;
		ERROR: string;
		INFO: string;
		defaultButton: number;
		show(options: MessageOptions): void;
		alert(title: string, message: Encoded, callback?: () => void): void;
	}
}

declare const Ext: {
	define(name: string, body: object): void;
	/** The object of that name on the page, made if there is none. */
	ns(name: 'PVEFail2ban'): Record<string, unknown>;
	create<T = Ext.Component>(name: string, config?: object): T;
	apply<T extends object, U extends object>(target: T, source: U): T & U;
	callback(handler: unknown, scope: unknown, args: unknown[], delay?: number, caller?: unknown): void;
	emptyFn: () => void;
	suspendLayouts(): void;
	resumeLayouts(flush: boolean): void;
	htmlEncode(text: string | number): Encoded;
	Msg: Ext.MessageBox;
	MessageBox: Ext.MessageBox;
	/** All floating windows; `getActive` is the topmost that is visible. */
	WindowManager: { getActive(): Ext.Component | null };
	String: { format(template: string, ...args: unknown[]): string };
	Date: { format(date: Date, format: string): string };
	Object: { toQueryString(params: object): string };
	util: { Format: { number(value: number, format: string): string } };
	state: {
		Manager: {
			get(key: string): unknown;
			getProvider(): { set(key: string, value: unknown, fire?: boolean): void };
		};
	};
	get(element: HTMLElement): Ext.Element;
	ComponentQuery: { query(selector: string): Ext.Component[] };
};
