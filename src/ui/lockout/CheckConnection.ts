import { taskOf } from '../kit/api.ts';
import { define } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { focusTopWindow } from '../kit/focusTopWindow.ts';
import type { Provisional } from '../kit/provisional.ts';
import type { Failure } from '../kit/request.ts';
import { showTask } from '../kit/task.ts';
import { encode, format } from '../kit/text.ts';
import { confirmChange, revertChange } from './calls.ts';

declare module '../kit/inWindows.ts' {
	interface Windows {
		checkConnection: typeof checkConnection;
	}
}

/** Confirms a change that may have locked out this page, as long as the page reaches the node. */
interface CheckConnection extends Ext.window.Window {
	nodename: string;
	change: Provisional;
	/** Unix milliseconds at which the node takes the change back. */
	until: number;
	/** The user had it taken back. */
	reverting: boolean;
	/** Of the second hand. */
	timer: number;
	tick(): void;
	confirm(): Promise<void>;
	revert(): void;
	say(text: string): void;
}

declare global {
	interface XTypes {
		progressbar: Ext.ProgressBar;
	}
}

/** The change whose window is open, or was: the status tells of it until it is confirmed. */
const seen = new Set<string>();

/** Answers that say that the change does not wait, or not for this user; all else may be a lost connection. */
const final = [400, 401, 403, 404, 409];

function pause(milliseconds: number): Promise<void> {
	return new Promise((done) => setTimeout(done, milliseconds));
}

define<CheckConnection>('PVEFail2ban.window.CheckConnection', {
	extend: 'Ext.window.Window',
	itemId: 'fail2banCheckConnection',
	title: gettext('Checking the Connection'),
	modal: true,
	closable: false,
	resizable: false,
	width: 440,
	bodyPadding: 10,
	layout: 'anchor',
	reverting: false,
	defaultFocus: '#revert',

	initComponent: function () {
		this.until = Date.now() + this.change.seconds * 1000;
		this.items = [
			{
				xtype: 'component',
				itemId: 'said',
				margin: '0 0 10 0',
				html: encode(
					gettext('The change is kept if this page can still reach the node; otherwise it is undone.'),
				),
			},
			{ xtype: 'progressbar', itemId: 'left', anchor: '100%' },
		];
		this.buttons = [
			{
				xtype: 'button',
				itemId: 'revert',
				text: gettext('Revert Now'),
				handler: () => this.revert(),
			},
			{
				xtype: 'button',
				itemId: 'close',
				hidden: true,
				text: gettext('Close'),
				handler: () => this.close(),
			},
		];
		this.callParent();
		this.timer = window.setInterval(() => this.tick(), 500);
		this.on('destroy', () => {
			window.clearInterval(this.timer);
			focusTopWindow();
		});
		this.tick();
		this.confirm();
	},

	tick: function () {
		const left = Math.max(0, this.until - Date.now()) / 1000;
		const bar = this.down<Ext.ProgressBar>('#left');
		bar.updateProgress(left / this.change.seconds, format(gettext('{0} s left'), Math.ceil(left)));
	},

	say: function (text) {
		if (this.destroyed) {
			return;
		}
		window.clearInterval(this.timer);
		this.down('#said').setHtml(encode(text));
		this.down('#left').setHidden(true);
		this.down('#revert').setHidden(true);
		this.down('#close').setHidden(false);
	},

	/** At first after 10 of 60 s, when fail2ban has banned whom it will, then each 5 s. */
	confirm: async function () {
		const { nodename, change } = this;
		const step = (change.seconds * 1000) / 12;
		await pause(2 * step);
		while (!this.destroyed && !this.reverting && Date.now() < this.until) {
			try {
				await confirmChange(nodename, change.id);
				if (!this.destroyed) {
					this.close();
				}
				return;
			} catch (thrown) {
				const { status, message } = thrown as Failure;
				if (final.includes(status)) {
					this.say(message);
					return;
				}
			}
			await pause(step);
		}
		if (!this.reverting) {
			this.say(
				gettext('The node did not answer. The old configuration was restored and new bans were lifted.'),
			);
		}
	},

	revert: function () {
		const { nodename, change } = this;
		this.reverting = true;
		revertChange(nodename, change.id, {}, this).then(
			(answer) => {
				this.close();
				const upid = taskOf(answer);
				if (upid !== undefined) {
					showTask(upid);
				}
			},
			(failure: Failure) => {
				this.reverting = false;
				this.confirm();
				showFailure(failure, nodename);
			},
		);
	},
});

/** Opens the window for a change that waits, once. */
export function checkConnection(nodename: string, change: Provisional): void {
	if (!seen.has(change.id)) {
		seen.add(change.id);
		Ext.create('PVEFail2ban.window.CheckConnection', { autoShow: true, nodename, change });
	}
}
