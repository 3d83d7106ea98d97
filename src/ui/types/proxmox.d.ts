/** What Proxmox's widget toolkit and the web interface bring along, as far as it is used here. */

/** Proxmox VE's, but in our scripts the build puts those of kit/gettext.ts in their place. */
declare function gettext(text: string): string;
declare function ngettext(one: string, many: string, n: number): string;

interface XTypes {
	proxmoxHelpButton: Proxmox.button.Help;
	proxmoxcheckbox: Proxmox.form.Checkbox;
	proxmoxtextfield: Proxmox.form.TextField;
}

declare namespace Proxmox {
	interface Response<T = unknown> {
		status: number;
		htmlStatus: Encoded;
		aborted?: boolean;
		timedout?: boolean;
		result?: {
			data?: T;
			total?: number;
			success?: number | boolean;
			status?: number;
			message?: string;
			errors?: Record<string, string>;
		};
	}

	interface RequestOptions<T> {
		url: string;
		method: 'GET' | 'POST' | 'PUT' | 'DELETE';
		params?: object | undefined;
		timeout?: number;
		waitMsgTarget?: Ext.Component | undefined;
		success?: (response: Response<T>) => void;
		failure?: (response: Response) => void;
	}

	namespace button {
		/** Hidden at first, and listening to other screens, unless told otherwise. */
		interface Help extends Ext.button.Button {
			onlineHelp: string;
			listenToGlobalEvent: boolean;
			setOnlineHelp(id: string): void;
		}
	}

	namespace form {
		interface Checkbox extends Ext.form.field.Checkbox {
			getSubmitData(): object | null;
		}
		interface TextField extends Ext.form.field.Text {
			deleteEmpty: boolean;
			skipEmptyText: boolean;
			trimValue: boolean;
		}
	}

	namespace window {
		interface Edit extends Ext.window.Window {
			url: string;
			method: 'GET' | 'POST' | 'PUT' | 'DELETE';
			subject: string;
			isCreate: boolean;
			isAdd: boolean;
			submitText: string;
			showReset: boolean;
			onlineHelp: string;
			digest: string;
			fieldDefaults: object;
			formPanel: Ext.form.Panel;
			submit(): void;
			isValid(): boolean;
			getValues(dirtyOnly?: boolean): Record<string, string | number | undefined>;
			setValues(values: object): void;
			load(options?: { success?: (response: Response<never>) => void }): void;
		}
	}

	namespace data {
		interface UpdateStore extends Ext.data.Store {
			startUpdate(): void;
			stopUpdate(): void;
			getIsStopped(): boolean;
		}
	}
}

declare const Proxmox: {
	UserName: string;
	Utils: {
		API2Request<T>(options: Proxmox.RequestOptions<T>): void;
		setErrorMask(component: Ext.Component, message: Encoded | boolean): void;
		monStoreErrors(
			component: Ext.Component,
			store: Ext.data.Store,
			clearMaskBeforeLoad?: boolean,
			callback?: (error: { status: number; statusText: string } | string, message: Encoded) => boolean,
		): void;
		render_timestamp(seconds: number): string;
		get_health_icon(state: 'good' | 'warning' | 'critical' | 'unknown' | undefined, circle?: boolean): string;
		override_task_descriptions(table: Record<string, [string, string]>): void;
		format_boolean(value: boolean): string;
	};
};
