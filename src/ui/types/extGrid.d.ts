/** Grids and the stores behind them. */
declare namespace Ext {
	namespace grid {
		interface CellMeta {
			tdCls: string;
			tdAttr: string;
			tdStyle: string;
		}
		interface Column {
			xtype?: 'actioncolumn' | 'checkcolumn';
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
			renderer?: (value: never, meta: CellMeta, record: data.Record<never>) => Encoded;
			items?: ActionItem[];
			listeners?: Listeners;
		}
		interface ActionItem {
			iconCls?: string;
			tooltip?: string;
			disabled?: boolean;
			getTip?: (value: unknown, meta: CellMeta, record: data.Record) => string;
			getClass?: (value: unknown, meta: CellMeta, record: data.Record) => string;
			handler?:
				| string
				| ((
						view: unknown,
						row: number,
						column: number,
						item: unknown,
						event: Event,
						record: data.Record,
				  ) => void);
		}
		interface ViewConfig {
			trackOver?: boolean;
			/** Whether changed cells get a mark; they do unless told. */
			markDirty?: boolean;
			stripeRows?: boolean;
			enableTextSelection?: boolean;
			emptyText?: Encoded;
			deferEmptyText?: boolean;
			loadMask?: boolean;
			preserveScrollOnReload?: boolean;
			getRowClass?: (record: data.Record<never>) => string;
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
			/** What draws the rows that are in view; `scrollTop` is where it last saw the scroll bar. */
			bufferedRenderer: { scrollTop: number; onViewScroll(): void };
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

	namespace data {
		interface Record<Row = { [field: string]: unknown }> {
			data: Row;
			get<K extends keyof Row>(field: K): Row[K];
			getId(): string;
			set(values: Partial<Row>): void;
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
			add(row: object): void;
			isLoaded(): boolean;
			isLoading(): boolean;
			/** Loaded a page at a time. */
			isBufferedStore: boolean | undefined;
			getPageSize(): number;
			getCount(): number;
			getTotalCount(): number;
			getAt(index: number): Record | undefined;
			getById(id: string): Record | null;
			/** Unlike `getById`, of the rows that the filter lets through. */
			indexOfId(id: string): number;
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
			getRecords(): data.Record[] | null | undefined;
		}
	}
}
