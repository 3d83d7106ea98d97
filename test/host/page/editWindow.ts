import { define, Ext } from './ext.ts';
import { requestUtils } from './requests.ts';
import { textUtils } from './texts.ts';

function setField(form: any, field: any, value: unknown): void {
	field.setValue(value);
	if (form.trackResetOnLoad) {
		field.resetOriginalValue();
	}
}

/** A group of fields of an edit window; `onGetValues` and `onSetValues` translate between it and the API. */
define('Proxmox.panel.InputPanel', {
	extend: 'Ext.panel.Panel',
	alias: 'widget.inputpanel',
	border: false,
	onGetValues: (values: object) => values,
	onSetValues: (values: object) => values,

	initComponent() {
		const column = (items: unknown, padding: string) => ({ padding, items: items ?? [] });
		const { column1, column2, columnB } = this;
		if (column1 ?? column2) {
			const columns = [column(column1, '0 10 0 0'), column(column2, '0 0 0 10')];
			const side = { border: false, layout: 'anchor', flex: 1 };
			this.items = [{ layout: 'hbox', border: false, defaults: side, items: columns }];
			if (columnB) {
				this.items.push({ layout: 'anchor', border: false, items: columnB });
			}
		} else {
			this.items = [{ layout: 'anchor', border: false, items: this.items }];
		}
		this.layout = { type: 'vbox', align: 'stretch' };
		this.defaultType = 'container';
		this.callParent();
	},
	getValues() {
		const values = {};
		for (const field of this.query('[isFormField]')) {
			requestUtils.assemble_field_data(values, field.getSubmitData());
		}
		return this.onGetValues(values);
	},
	setValues(values: object) {
		const form = this.up('form');
		for (const [name, value] of Object.entries(this.onSetValues(values))) {
			for (const field of this.query(`[isFormField][name=${name}]`)) {
				setField(form, field, value);
			}
		}
	},
});

/** Loads an object into a form and sends it back; OK is enabled when the form is valid and changed. */
define('Proxmox.window.Edit', {
	extend: 'Ext.window.Window',
	alias: 'widget.proxmoxWindowEdit',
	autoLoad: false,
	resizable: false,
	isCreate: false,
	isAdd: false,
	showReset: true,
	showProgress: false,
	showTaskViewer: false,
	backgroundDelay: 0,
	modal: true,
	referenceHolder: true,
	defaultButton: 'submitbutton',
	defaultFocus: 'field:focusable[disabled=false][hidden=false]',
	submitUrl: (url: string) => url,
	loadUrl: (url: string) => url,
	taskDone: () => undefined,
	apiCallDone: () => undefined,

	initComponent() {
		const fields = { labelWidth: 100, anchor: '100%', ...this.fieldDefaults };
		this.extraRequestParams = { ...this.extraRequestParams };
		this.formPanel = Ext.create('Ext.form.Panel', {
			trackResetOnLoad: true,
			bodyPadding: this.bodyPadding ?? 10,
			border: false,
			defaults: { ...this.defaults, border: false },
			fieldDefaults: fields,
			items: [this.items].flat(),
		});
		const panel = this.formPanel.down('inputpanel');
		const columns = panel?.column1 || panel?.column2 ? 2 : 1;
		this.items = [this.formPanel];
		this.width ??= (200 + fields.labelWidth) * columns;
		if (this.subject && !this.title) {
			this.title = textUtils.dialog_title(this.subject, this.isCreate, this.isAdd);
		}
		this.buttons = this.bottomButtons(this.onlineHelp ?? panel?.onlineHelp);
		if (!this.isCreate && this.showReset) {
			const callback = () => this.formPanel.getForm().reset();
			this.tools = [
				{ itemId: 'reset', type: 'refresh', tooltip: 'Reset form data', disabled: true, callback },
			];
		}
		this.callParent();

		const form = this.formPanel.getForm();
		this.mon(form, { dirtychange: this.updateButtons, validitychange: this.updateButtons, scope: this });
		this.on('afterlayout', () => this.markInvalid());
		if (this.autoLoad) {
			this.load(this.autoLoadOptions);
		}
	},
	bottomButtons(onlineHelp?: string) {
		const create = this.isAdd ? 'Add' : 'Create';
		const submit = {
			reference: 'submitbutton',
			text: this.submitText ?? (this.isCreate ? create : 'OK'),
			disabled: !this.isCreate,
			handler: () => this.submit(),
		};
		return onlineHelp ? [{ xtype: 'proxmoxHelpButton', onlineHelp }, '->', submit] : [submit];
	},
	updateButtons() {
		const form = this.formPanel.getForm();
		const dirty = form.isDirty();
		this.lookup('submitbutton').setDisabled(!form.isValid() || !(dirty || this.isCreate));
		this.down('#reset')?.setDisabled(!dirty);
	},
	/** Checking the fields changes the layout, which is what calls this. */
	markInvalid() {
		this.suspendLayout = true;
		this.isValid();
		this.suspendLayout = false;
	},
	isValid(): boolean {
		return this.formPanel.getForm().isValid();
	},
	setSubmitText(text: string) {
		this.lookup('submitbutton').setText(text);
	},

	getValues(dirtyOnly?: boolean) {
		const values = { ...this.extraRequestParams };
		const loose = this.formPanel.getForm().getFields().getRange();
		for (const field of loose.filter((each: any) => !each.up('inputpanel'))) {
			if (!dirtyOnly || field.isDirty()) {
				requestUtils.assemble_field_data(values, field.getSubmitData());
			}
		}
		for (const panel of this.query('inputpanel')) {
			requestUtils.assemble_field_data(values, panel.getValues(dirtyOnly));
		}
		return values;
	},
	setValues(values: Record<string, unknown>) {
		const form = this.formPanel.getForm();
		for (const field of form.getFields().getRange()) {
			if (!field.up('inputpanel') && field.name in values) {
				setField(form, field, values[field.name]);
			}
		}
		for (const panel of this.query('inputpanel')) {
			panel.setValues(values);
		}
	},

	load(options: any = {}) {
		requestUtils.API2Request({
			waitMsgTarget: this,
			...options,
			params: { ...this.extraRequestParams, ...options.params },
			url: typeof this.loadUrl === 'function' ? this.loadUrl(this.url, this.initialConfig) : this.loadUrl,
			method: 'GET',
			success: (response: any, used: any) => {
				this.formPanel.getForm().clearInvalid();
				this.digest = response.result.digest ?? response.result.data?.digest;
				if (options.success) {
					options.success(response, used);
				} else {
					this.setValues(response.result.data);
				}
			},
			failure: (response: any) => Ext.Msg.alert('Error', response.htmlStatus, () => this.close()),
		});
	},
	submit() {
		const values = this.getValues();
		for (const [name, value] of Object.entries(values)) {
			if (Array.isArray(value) && value.length === 0) {
				values[name] = '';
			}
		}
		if (this.digest) {
			values.digest = this.digest;
		}
		if (this.backgroundDelay) {
			values.background_delay = this.backgroundDelay;
		}
		const url = typeof this.submitUrl === 'function' ? this.submitUrl(this.url, values) : this.submitUrl;
		requestUtils.API2Request({
			url,
			waitMsgTarget: this,
			method: this.method ?? (this.backgroundDelay ? 'POST' : 'PUT'),
			params: values,
			failure: (response: any, used: any) => {
				this.apiCallDone(false, response, used);
				if (response.result?.errors) {
					this.formPanel.getForm().markInvalid(response.result.errors);
				}
				Ext.Msg.alert('Error', response.htmlStatus);
			},
			success: (response: any, used: any) => this.submitted(response, used),
			...this.submitOptions,
		});
	},
	submitted(response: any, used: any) {
		const upid = response.result.data;
		const follows = (this.backgroundDelay || this.showProgress || this.showTaskViewer) && upid;
		this.apiCallDone(true, response, used);
		if (!follows) {
			this.close();
			return;
		}
		this.hide();
		Ext.create(this.showTaskViewer ? 'Proxmox.window.TaskViewer' : 'Proxmox.window.TaskProgress', {
			autoShow: true,
			upid,
			taskDone: this.taskDone,
			listeners: { destroy: () => this.close() },
		});
	},
});
