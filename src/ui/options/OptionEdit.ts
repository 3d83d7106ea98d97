import type { OptionRow } from './OptionRow.ts';
import './OptionRow.ts';
import { base } from '../kit/api.ts';
import { confirm } from '../kit/confirm.ts';
import { define } from '../kit/define.ts';
import { keepButtonsFresh } from '../kit/freshButtons.ts';
import { helpId } from '../kit/helpPages.ts';
import { markFields } from '../kit/markFields.ts';
import type { Failure, Waits } from '../kit/request.ts';
import { encode, sentences } from '../kit/text.ts';
import type { Extra } from '../lockout/lockout.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { getOptions, type ScopeOptions } from './calls.ts';
import { type OptionsRow, optionHint } from './OptionsRows.ts';
import { paramOf } from './optionFields.ts';
import { updateOptions } from './windowCalls.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		openOptionEdit: typeof openOptionEdit;
		saveOption: typeof saveOption;
	}
}

/** One option of all jails or of the server. */
export interface OptionEdit extends Proxmox.window.Edit {
	nodename: string;
	row: OptionsRow;
	/** Tells the opener that the option was changed; called again when a task has ended. */
	done: () => void;
}

/** A change that would leave a jail without its log is asked for a second time. Null: the user gave up. */
async function insisting<T>(call: (extra: Extra) => Promise<T>, extra: Extra): Promise<T | null> {
	try {
		return await call(extra);
	} catch (thrown) {
		const reason = (thrown as Failure).errors?.['log-watched'];
		if (reason === undefined) {
			throw thrown;
		}
		const sure = await confirm(encode(sentences(reason, gettext('Save anyway?'))), { dangerous: true });
		return sure ? call({ ...extra, force: true }) : null;
	}
}

/**
 * Gives the option a value, or back to what it inherits (null), and shows what came of it. `done` is told after
 * each step, `refused` if the value is wrong.
 */
export function saveOption(
	{ nodename: node, row, digest, done }: Pick<OptionEdit, 'nodename' | 'row' | 'digest' | 'done'>,
	value: string | null,
	waits: Waits,
	refused: (errors: Record<string, string>) => void = Ext.emptyFn,
): Promise<boolean> {
	const { scope, id } = row;
	const param = paramOf(id);
	const change = value === null ? { delete: param } : { [param]: value };
	return makeChange({
		node,
		digest,
		call: (extra) =>
			insisting((more) => updateOptions(node, scope, { ...change, digest, ...more }, waits), extra),
		nextDigest: () => getOptions(node, scope).then((next) => next.digest),
		done,
		refused: ({ errors }) => refused(errors ?? {}),
	});
}

/** What is usually chosen for options of the server. */
const words: Record<string, string[]> = {
	loglevel: ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'],
	logtarget: ['SYSOUT', 'SYSLOG', '/var/log/fail2ban.log'],
};

define<OptionEdit>('PVEFail2ban.window.OptionEdit', {
	extend: 'Proxmox.window.Edit',
	itemId: 'fail2banOptionEdit',
	width: 600,
	done: Ext.emptyFn,

	initComponent: function () {
		const { nodename, row } = this;
		const { id: option, scope, label, kind } = row;
		const hint = optionHint(row);
		this.subject = label;
		this.onlineHelp = helpId('options');
		this.url = `${base(nodename)}/${scope}`;
		this.items = [
			{
				xtype: 'pveFail2banOption',
				nodename,
				option,
				kind: kind ?? 'text',
				label,
				labelWidth: 150,
				fieldWidth: 230,
				words: words[option],
			},
			{
				xtype: 'component',
				itemId: 'hint',
				userCls: 'pmx-hint',
				padding: 5,
				margin: '5 0 0 0',
				hidden: hint === '',
				html: encode(hint),
			},
		];
		this.callParent();
		keepButtonsFresh(this);
		this.load({
			success: (response) => {
				const loaded = (response.result?.data as ScopeOptions | undefined)?.options[option];
				if (loaded) {
					this.down<OptionRow>('pveFail2banOption').loadOption(loaded);
				}
			},
		});
	},

	submit: function () {
		const value = this.down<OptionRow>('pveFail2banOption').change();
		if (value === undefined) {
			this.close();
			return;
		}
		const { nodename, row, digest, done: changed } = this;
		const done = () => {
			changed();
			// The end of a task comes when the window is gone, and with it what it knew.
			if (!this.destroyed) {
				this.close();
			}
		};
		saveOption({ nodename, row, digest, done }, value, this, (errors) =>
			markFields(this.formPanel.getForm(), errors),
		);
	},
});

export function openOptionEdit(nodename: string, row: OptionsRow, done: () => void): void {
	Ext.create('PVEFail2ban.window.OptionEdit', { autoShow: true, nodename, row, done });
}
