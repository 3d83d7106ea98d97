/** What the windows of files and changes use besides. */
declare namespace Ext {
	interface MessageBox {
		/** `value` is proposed; `multiline` true makes it a text area. */
		prompt(
			title: string,
			message: Encoded,
			callback: (button: string, text: string) => void,
			scope?: unknown,
			multiline?: boolean,
			value?: string,
		): void;
	}
	namespace data {
		interface Store {
			addFilter(filter: { id: string; filterFn: (record: Record<never>) => boolean }): void;
		}
	}
	namespace grid {
		interface Panel {
			features: object[];
		}
	}
}
