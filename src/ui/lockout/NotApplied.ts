import { controller, define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import type { Failure } from '../kit/request.ts';
import { showTask } from '../kit/task.ts';
import { encode, format, sentences } from '../kit/text.ts';
import { postService } from './calls.ts';

/** What became of a change that was undone: what failed, what is as before, what is not. */
interface NotApplied extends Ext.window.Window {
	nodename: string;
	failure: Failure;
}

const wrapped = 'white-space: pre-wrap; overflow-wrap: anywhere';

/** The jails of `tx-missing`, a list of names, in sentences. */
function missingJails(list: string | undefined): string | undefined {
	const sentence = (jail: string) => format(gettext("jail '{0}' is not running."), jail);
	return list === undefined ? undefined : sentences(...list.split(',').map(sentence));
}

function part(itemId: string, title: string, text: string | undefined, cls = ''): Item {
	return {
		xtype: 'component',
		itemId,
		cls,
		hidden: text === undefined,
		margin: '0 0 10 0',
		style: wrapped,
		html: `<b>${encode(title)}:</b> ${encode(text)}`,
	};
}

const notAppliedController = controller<NotApplied>()({
	copy(): void {
		const { message, errors } = this.getView().failure;
		const lines = [message, ...Object.entries(errors).map(([name, text]) => `${name}: ${text}`)];
		navigator.clipboard?.writeText(lines.join('\n'));
	},

	// Else it grows beyond the edge of the page.
	center(): void {
		this.getView().center();
	},

	restart(): void {
		const { nodename } = this.getView();
		postService(nodename, 'restart', this.getView()).then(
			(upid) => {
				this.getView().close();
				showTask(upid);
			},
			(failure: Failure) => showFailure(failure, nodename),
		);
	},
});

define<NotApplied>('PVEFail2ban.window.NotApplied', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banNotApplied',
	title: gettext('Change Not Applied'),
	modal: true,
	width: 600,
	maxHeight: 600,
	bodyPadding: 10,
	scrollable: 'y',
	layout: 'anchor',
	controller: notAppliedController,

	initComponent: function () {
		const { errors, message } = this.failure;
		const output = errors['tx-output'];
		this.items = [
			part('failed', gettext('Failed'), errors['tx-failed'] || message),
			part('restored', gettext('Restored'), errors['tx-restored']),
			part('missing', gettext('Not restored'), missingJails(errors['tx-missing']), 'critical'),
			{
				xtype: 'pveFail2banButton',
				itemId: 'restart',
				nodename: this.nodename,
				right: 'modify',
				hidden: errors['tx-missing'] === undefined,
				text: gettext('Restart'),
				margin: '0 0 10 0',
				handler: 'restart',
			},
			{
				xtype: 'panel',
				itemId: 'output',
				title: gettext('Output'),
				hidden: !output,
				collapsible: true,
				collapsed: true,
				titleCollapse: true,
				bodyPadding: 5,
				maxHeight: 260,
				scrollable: true,
				listeners: { expand: 'center', collapse: 'center' },
				html: `<pre style="margin: 0; ${wrapped}">${encode(output)}</pre>`,
			},
		];
		this.buttons = [
			{ xtype: 'button', itemId: 'copy', text: gettext('Copy'), handler: 'copy' },
			'->',
			{ xtype: 'button', itemId: 'close', text: gettext('Close'), handler: () => this.close() },
		];
		this.callParent();
	},
});
