import { Ext } from './ext.ts';

const encode = (text: unknown) => Ext.htmlEncode(String(text));

/** Several requests may wait on one component: its mask goes with the last. */
function wait(target: any, text: string): void {
	target.waitMsgTargetCount = (target.waitMsgTargetCount ?? 0) + 1;
	if (target.rendered) {
		target.setLoading(text);
	} else {
		const show = () => target.waitMsgTargetCount > 0 && target.setLoading(text);
		target.on('afterlayout', show, target, { single: true });
	}
}

function done(target: any): void {
	target.waitMsgTargetCount -= 1;
	if (target.waitMsgTargetCount === 0 && !target.destroyed) {
		target.setLoading(false);
	}
}

function decoded(text: string): any {
	try {
		return JSON.parse(text);
	} catch {
		return {}; // an error page is no JSON
	}
}

/** Why the answer of /api2/extjs says no. HTML. */
function refusal({ message, status, errors }: any): string {
	const first = message ? `${encode(message)}${status ? ` (${status})` : ''}` : 'Unknown error';
	const fields = Object.entries(errors ?? {});
	const lines = fields.map(([name, text]) => `<br><b>${encode(name)}</b>: ${encode(text)}`);
	return first + (lines.length > 0 ? `<br>${lines.join('')}` : '');
}

function connectionError({ aborted, timedout, status, statusText }: any): string {
	const reason = aborted
		? ' - aborted.'
		: timedout
			? ' - Timeout.'
			: status && statusText
				? ` ${status}: ${statusText}`
				: ' - server offline?';
	return encode(`Connection error${reason}`);
}

/** The part of Proxmox.Utils that talks to the API and shows what it answers. */
export const requestUtils = {
	authOK: () => Boolean((globalThis as any).Proxmox.UserName),

	/** Calls /api2/extjs: `success` and `failure` get the response with its decoded `result`. */
	API2Request(options: any): void {
		const { success, failure, callback, waitMsgTarget, scope } = options;
		const silent = typeof failure === 'function' || typeof callback === 'function';
		const alerts = options.autoErrorAlert ?? !silent;
		const finish = (response: any, used: any, error?: string) => {
			if (waitMsgTarget) {
				done(waitMsgTarget);
			}
			response.htmlStatus = error;
			Ext.callback(callback, scope, [used, error === undefined, response]);
			Ext.callback(error === undefined ? success : failure, scope, [response, used]);
			if (error !== undefined && alerts) {
				Ext.Msg.alert('Error', error);
			}
		};
		if (waitMsgTarget) {
			wait(waitMsgTarget, options.waitMsg ?? 'Please wait...');
		}
		Ext.Ajax.request({
			...options,
			callback: undefined,
			url: options.url.startsWith('/api2') ? options.url : `/api2/extjs${options.url}`,
			success(response: any, used: any) {
				response.result = decoded(response.responseText);
				finish(response, used, response.result.success ? undefined : refusal(response.result));
			},
			failure(response: any, used: any) {
				response.result = decoded(response.responseText);
				finish(response, used, connectionError(response));
			},
		});
	},

	alertResponseFailure: (response: any) =>
		Ext.Msg.alert('Error', response.htmlStatus || response.result?.message),

	/** `true` is a loading mask, a text an error, anything empty takes the mask away. */
	setErrorMask(component: any, message: string | boolean): void {
		const { el } = component;
		if (el && !message) {
			el.unmask();
		} else if (el) {
			el.mask(message === true ? 'Loading...' : message);
		}
	},

	/** HTML: status line, then the further lines of the answer. */
	getResponseErrorMessage({ status, statusText, response }: any): string {
		if (!statusText) {
			return 'Connection error';
		}
		const { message, errors } = decoded(response?.responseText ?? '');
		const more = String(message ?? '')
			.split('\n')
			.filter((line) => line !== '' && line !== statusText);
		const fields = Object.entries(errors ?? {}).map(([name, text]) => `${name}: ${text}`);
		return [`${statusText} (${status})`, ...more, ...fields].map(encode).join('<br>');
	},

	/** Masks the component while its store loads first, and with the error when a load fails. */
	monStoreErrors(component: any, store: any, clearBeforeLoad?: boolean, onError?: any): void {
		component.mon(store, 'beforeload', () => {
			if (clearBeforeLoad) {
				requestUtils.setErrorMask(component, false);
			} else if (!component.loadCount) {
				component.loadCount = 0;
				requestUtils.setErrorMask(component, true);
			}
		});
		component.mon(store.getProxy(), 'afterload', (_proxy: any, request: any, success: boolean) => {
			component.loadCount = (component.loadCount ?? 0) + 1;
			if (success) {
				requestUtils.setErrorMask(component, false);
				return;
			}
			const error = request.getOperation().getError();
			const message = requestUtils.getResponseErrorMessage(error);
			if (!onError?.(error, message)) {
				requestUtils.setErrorMask(component, message);
			}
		});
	},

	/** A name that comes twice becomes a list, as in a form. */
	assemble_field_data(values: Record<string, any>, data: unknown): void {
		for (const [name, value] of Object.entries(Ext.isObject(data) ? (data as object) : {})) {
			values[name] = name in values ? [values[name], value].flat() : value;
		}
	},
};
