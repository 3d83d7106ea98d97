/**
 * The part of ExtJS that this interface uses, for both 6.2 and 7.0. A class interface holds configs and
 * members side by side, so that `define<Self>` can check a class body against them.
 */

type Encoded = string;

/** A handler is a function, or the name of a method of the nearest view controller. */
type Handler = string | ((this: any, ...args: any[]) => unknown);

type Listeners = {
	[event: string]:
		| Handler
		| { fn: Handler; buffer?: number; single?: boolean; scope?: unknown }
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
		border: boolean | number;
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
		getWidth(): number;
		updateLayout(): void;
	}

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
			showMenu(): void;
			setText(text: Encoded): void;
			setTooltip(tooltip: Encoded | null): void;
		}
	}

	interface MenuItem {
		text: Encoded;
		iconCls?: string;
		itemId?: string;
		disabled?: boolean;
		handler?: () => void;
	}

	interface Menu {
		items?: (MenuItem | '-')[];
		listeners?: Listeners;
	}

	interface MenuInstance extends container.Container {
		removeAll(): void;
		showAt(xy: [number, number]): void;
	}

	namespace form {
		interface Basic {
			isDirty(): boolean;
			isValid(): boolean;
			reset(): void;
			markInvalid(errors: Record<string, string>): void;
			findField(name: string): field.Base | null;
		}
		interface Panel extends panel.Panel {
			getForm(): Basic;
		}
		namespace field {
			interface Base extends Component {
				name: string;
				value: unknown;
				fieldLabel: string;
				labelWidth: number;
				labelAlign: 'left' | 'top';
				hideLabel: boolean;
				submitValue: boolean;
				fieldStyle: string;
				msgTarget: string;
				originalValue: unknown;
				getName(): string;
				getValue(): unknown;
				setValue(value: unknown): void;
				isDirty(): boolean;
				isValid(): boolean;
				validate(): boolean;
				reset(): void;
				resetOriginalValue(): void;
				checkDirty(): void;
				markInvalid(message: string): void;
				clearInvalid(): void;
				setFieldLabel(label: string): void;
			}
			interface Display extends Base {
				renderer: (value: string) => Encoded;
			}
			interface Text extends Base {
				emptyText: string;
				enableKeyEvents: boolean;
				allowBlank: boolean;
				selectOnFocus: boolean;
				maxLength: number;
				enforceMaxLength: boolean;
				validateOnBlur: boolean;
				validator: (value: string) => true | string;
				triggers: Record<
					string,
					{ cls: string; hidden?: boolean; weight?: number; tooltip?: string; handler: Handler }
				>;
				getRawValue(): string;
				setEmptyText(text: string): void;
				getTrigger(name: string): Trigger;
			}
			interface TextArea extends Text {
				grow: boolean;
			}
			interface Checkbox extends Base {
				boxLabel: Encoded;
				boxLabelAlign: 'before' | 'after';
				checked: boolean;
				inputValue: string;
			}
			interface ComboBox extends Text {
				editable: boolean;
				forceSelection: boolean;
				queryMode: 'local' | 'remote';
				displayField: string;
				valueField: string;
				store: object;
				listConfig: object;
				getStore(): data.Store;
				getSelectedRecord(): data.Record | null;
			}
			interface Trigger {
				setVisible(visible: boolean): void;
				el: Element | null;
			}
		}
	}

	namespace grid {
		interface CellMeta {
			tdCls: string;
			tdAttr: string;
			tdStyle: string;
		}
		interface Column {
			xtype?: 'actioncolumn';
			itemId?: string;
			text?: string;
			dataIndex?: string;
			width?: number;
			minWidth?: number;
			flex?: number;
			align?: 'left' | 'right' | 'center';
			hidden?: boolean;
			sortable?: boolean;
			hideable?: boolean;
			menuDisabled?: boolean;
			resizable?: boolean;
			cellWrap?: boolean;
			tdCls?: string;
			renderer?: (value: any, meta: CellMeta, record: data.Record<any>) => Encoded;
			items?: ActionItem[];
		}
		interface ActionItem {
			iconCls?: string;
			tooltip?: string;
			disabled?: boolean;
			getClass?: (value: unknown, meta: CellMeta, record: data.Record) => string;
			handler?: (
				view: unknown,
				row: number,
				column: number,
				item: unknown,
				event: Event,
				record: data.Record,
			) => void;
		}
		interface ViewConfig {
			trackOver?: boolean;
			stripeRows?: boolean;
			enableTextSelection?: boolean;
			emptyText?: Encoded;
			deferEmptyText?: boolean;
			loadMask?: boolean;
			preserveScrollOnReload?: boolean;
			getRowClass?: (record: data.Record<any>) => string;
			listeners?: Listeners;
		}
		interface View extends Component {
			emptyText: Encoded;
			refresh(): void;
			getNodes(): HTMLElement[];
			getRecord(node: HTMLElement): data.Record | undefined;
			getScrollY(): number;
			setScrollY(y: number, animate?: boolean): void;
			loadMask: { hide(): void };
		}
		interface Panel extends panel.Panel {
			columns: Column[];
			store: data.Store | object;
			viewConfig: ViewConfig;
			selModel: SelectionModel | object;
			hideHeaders: boolean;
			disableSelection: boolean;
			multiSelect: boolean;
			sortableColumns: boolean;
			enableColumnHide: boolean;
			getStore(): data.Store;
			getView(): View;
			getSelection(): data.Record[];
			setSelection(records?: data.Record | data.Record[]): void;
			getSelectionModel(): SelectionModel;
		}
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

	namespace data {
		interface Record<Row = { [field: string]: unknown }> {
			data: Row;
			get<K extends keyof Row>(field: K): Row[K];
			getId(): string;
		}
		interface Proxy {
			setExtraParam(name: string, value: unknown): void;
			setExtraParams(params: object): void;
		}
		interface Store extends Observable {
			proxy: Proxy;
			getProxy(): Proxy;
			load(options?: object | ((records: Record[], operation: Operation, success: boolean) => void)): void;
			reload(): void;
			loadData(rows: object[]): void;
			isLoaded(): boolean;
			getCount(): number;
			getTotalCount(): number;
			getAt(index: number): Record | undefined;
			getById(id: string): Record | null;
			findRecord(
				field: string,
				value: unknown,
				start?: number,
				any?: boolean,
				sensitive?: boolean,
				exact?: boolean,
			): Record | null;
			each(visit: (record: Record) => void): void;
			removeAll(): void;
			sort(): void;
		}
		interface Operation {
			getError(): { status: number; statusText: string } | string | undefined;
		}
	}

	namespace app {
		interface ViewController<View> extends Observable {
			getView(): View;
			lookup<T extends Component = Component>(reference: string): T;
			init(view: View): void;
		}
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
	create<T = Ext.Component>(name: string, config?: object): T;
	apply<T extends object, U extends object>(target: T, source: U): T & U;
	callback(handler: unknown, scope: unknown, args: unknown[], delay?: number, caller?: unknown): void;
	emptyFn: () => void;
	htmlEncode(text: string | number): Encoded;
	Msg: Ext.MessageBox;
	MessageBox: Ext.MessageBox;
	String: { format(template: string, ...args: unknown[]): string };
	Date: { format(date: Date, format: string): string };
	Object: { toQueryString(params: object): string };
	util: { Format: { number(value: number, format: string): string } };
	state: {
		Manager: {
			get(key: string): any;
			getProvider(): { set(key: string, value: unknown, fire?: boolean): void };
		};
	};
	get(element: HTMLElement): Ext.Element;
};
