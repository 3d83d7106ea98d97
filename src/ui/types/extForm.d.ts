/** Forms and fields. */
declare namespace Ext {
	namespace form {
		interface Basic extends Observable {
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
			interface Radio extends Checkbox {
				/** `inputValue` of the one that is chosen of the same name. */
				getGroupValue<T extends string>(): T;
			}
			interface ComboBox extends Text {
				editable: boolean;
				autoSelect: boolean;
				forceSelection: boolean;
				queryMode: 'local' | 'remote';
				displayField: string;
				valueField: string;
				store: object;
				listConfig: object;
				getStore(): data.Store;
				getSelectedRecord(): data.Record | null;
				hasFocus: boolean;
				doQuery(query: string, all: boolean): void;
			}
			interface Trigger {
				setVisible(visible: boolean): void;
				el: Element | null;
			}
		}
	}
}
