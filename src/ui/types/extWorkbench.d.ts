/** What only the workbench and the list of filters use. */
declare namespace Ext {
	interface Component {
		afterRender(): void;
		split: boolean;
	}

	namespace form.field {
		interface Base {
			inputEl: Element;
			readOnly: boolean;
			setReadOnly(readOnly: boolean): void;
		}
		interface Text {
			maskRe: RegExp;
		}
	}

	namespace form {
		interface FieldSet extends container.Container {
			title: string;
			collapsible: boolean;
			collapsed: boolean;
			expand(): void;
		}
	}

	namespace button {
		interface Segmented extends container.Container {
			value: string;
			getValue(): string;
			setValue(value: string): void;
		}
	}

	namespace grid {
		interface Panel {
			ensureVisible(record: data.Record): void;
		}
	}

	namespace data {
		interface Store {
			clearFilter(quietly: boolean): void;
			filterBy(fits: (record: Record<never>) => boolean): void;
		}
	}
}

interface XTypes {
	fieldset: Ext.form.FieldSet;
	segmentedbutton: Ext.button.Segmented;
	splitter: Ext.Component;
}
