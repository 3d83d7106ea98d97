import type { JailRow } from '../../contract/types.ts';
import { deleteBans } from '../kit/calls.ts';
import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { showFailure } from '../kit/failure.ts';
import { inWindows } from '../kit/inWindows.ts';
import { openCard } from '../kit/openCard.ts';
import type { RightButton } from '../kit/RightButton.ts';
import type { Failure } from '../kit/request.ts';
import type { RowController } from '../kit/rowListeners.ts';
import { showTask } from '../kit/task.ts';
import { count, formatHtml, plural, sentences } from '../kit/text.ts';
import { postService } from '../lockout/calls.ts';
import type { Extra } from '../lockout/lockout.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { deleteJail, getJailConfig, updateJail } from './calls.ts';

type JailGrid = XTypes['pveFail2banJails'];

function lifted(jail: JailRow): Encoded {
	if (jail.banned === 0) {
		return '';
	}
	const text = plural(
		jail.banned,
		'Its {0} banned address can connect again.',
		'Its {0} banned addresses can connect again.',
	);
	return formatHtml(text, count(jail.banned));
}

function removeQuestion(jail: JailRow): Encoded {
	if (!jail.stock) {
		return sentences(formatHtml(gettext("Remove jail '{0}'?"), jail.jail), lifted(jail));
	}
	const options = plural(
		jail['own-options'],
		'{0} option set on this node is removed.',
		'{0} options set on this node are removed.',
	);
	return sentences(
		formatHtml(gettext("Reset jail '{0}' to its defaults?"), jail.jail),
		formatHtml(options, jail['own-options']),
	);
}

/** What the menu of the toolbar calls. */
export interface JailController {
	reload(): void;
	restart(): void;
}

export const jailController = controller<JailGrid>()({
	selected(): JailRow | undefined {
		return this.getView().getSelection()[0]?.data as JailRow | undefined;
	},

	refresh(): void {
		this.getView().renew();
	},

	/** Makes a change of the jail that the lockout guard may refuse, and shows how it went. */
	change(jail: string, call: (params: Extra) => Promise<unknown>): void {
		const grid = this.getView();
		const node = grid.nodename;
		const done = () => grid.renew();
		getJailConfig(node, jail, grid).then(
			({ digest }) => {
				makeChange({
					node,
					digest,
					call: (extra) => call({ digest, ...extra }),
					nextDigest: () => getJailConfig(node, jail).then((next) => next.digest),
					done,
					refused: done,
				});
			},
			(failure: Failure) => showFailure(failure, node),
		);
	},

	open(jail?: string): void {
		const { nodename } = this.getView();
		inWindows(({ openJailEdit }) => openJailEdit(nodename, jail, () => this.refresh()));
	},

	create(): void {
		this.open();
	},

	edit(): void {
		const jail = this.selected();
		if (jail) {
			this.open(jail.jail);
		}
	},

	/** Makes fail2ban read the files of this one jail again. */
	tell(command: 'reload' | 'restart', jail: string): void {
		const grid = this.getView();
		const { nodename: node } = grid;
		makeChange({
			node,
			call: ({ force }) => postService(node, command, grid, jail, force),
			nextDigest: async () => undefined,
			writesNothing: true,
			done: () => grid.renew(),
		});
	},

	reload(): void {
		const jail = this.selected();
		if (jail) {
			this.tell('reload', jail.jail);
		}
	},

	restart(): void {
		const jail = this.selected();
		if (!jail) {
			return;
		}
		const bans = plural(
			jail.banned,
			'Its {0} ban is lifted and set again.',
			'Its {0} bans are lifted and set again one by one, which can take minutes.',
		);
		const question = sentences(
			formatHtml(gettext("Restart jail '{0}'?"), jail.jail),
			jail.banned > 0 ? formatHtml(bans, count(jail.banned)) : '',
		);
		confirm(question).then((yes) => {
			if (yes) {
				this.tell('restart', jail.jail);
			}
		});
	},

	remove(): void {
		const jail = this.selected();
		if (!jail) {
			return;
		}
		const grid = this.getView();
		confirm(removeQuestion(jail), { dangerous: jail.running }).then((yes) => {
			if (yes) {
				this.change(jail.jail, (params) => deleteJail(grid.nodename, jail.jail, params, grid));
			}
		});
	},

	toggle(): void {
		this.setEnabled(!this.selected()?.enabled);
	},

	setEnabled(enabled: boolean): void {
		const jail = this.selected();
		if (!jail) {
			return;
		}
		const grid = this.getView();
		const question = sentences(formatHtml(gettext("Disable jail '{0}'?"), jail.jail), lifted(jail));
		const agreed = enabled ? Promise.resolve(true) : confirm(question, { dangerous: true });
		agreed.then((yes) => {
			if (yes) {
				this.change(jail.jail, (params) =>
					updateJail(grid.nodename, jail.jail, { ...params, enabled }, grid),
				);
			}
		});
	},

	showBans(): void {
		const jail = this.selected();
		if (jail) {
			openCard('fail2ban-bans', { jail: jail.jail });
		}
	},

	unbanAll(): void {
		const jail = this.selected();
		if (!jail) {
			return;
		}
		const grid = this.getView();
		const text = plural(
			jail.banned,
			"Unban {0} address in jail '{1}'? It can connect again immediately.",
			"Unban all {0} addresses in jail '{1}'? They can connect again immediately.",
		);
		confirm(formatHtml(text, count(jail.banned), jail.jail), { dangerous: true }).then((yes) => {
			if (!yes) {
				return;
			}
			deleteBans(grid.nodename, { jail: jail.jail }, grid).then(
				(tasks) => {
					for (const task of tasks) {
						showTask(task, () => this.refresh());
					}
					this.refresh();
				},
				(failure: Failure) => showFailure(failure, grid.nodename),
			);
		});
	},

	showOnlyEnabled(_field: unknown, only: boolean): void {
		const grid = this.getView();
		grid.rows.getProxy().setExtraParams(only ? {} : { all: 1 });
		grid.rows.load();
	},

	onSelection(): void {
		const grid = this.getView();
		const jail = this.selected();
		const toggle = grid.query<RightButton>('#toggle')[0];
		toggle?.setText(jail?.enabled ? gettext('Disable') : gettext('Enable'));
	},

	openRow(): void {
		this.edit();
	},

	deleteRow(): void {
		if (!this.getView().embedded) {
			this.remove();
		}
	},

	rowMenu(record: Ext.data.Record): ReturnType<RowController['rowMenu']> {
		this.getView().setSelection(record);
		const jail = record.data as unknown as JailRow;
		// the entry does what it says, also when somebody else was faster
		const { enabled } = jail;
		return [
			[
				{ text: gettext('Edit'), itemId: 'edit', handler: () => this.edit() },
				{
					text: gettext('Remove'),
					itemId: 'remove',
					right: 'modify',
					disabled: jail.stock && jail['own-options'] === 0,
					handler: () => this.remove(),
				},
				{
					text: enabled ? gettext('Disable') : gettext('Enable'),
					itemId: 'toggle',
					right: 'modify',
					handler: () => this.setEnabled(!enabled),
				},
				{ text: gettext('Show Bans'), itemId: 'showBans', handler: () => this.showBans() },
				{
					text: gettext('Unban All'),
					itemId: 'unbanAll',
					right: 'modify',
					disabled: jail.banned === 0,
					handler: () => this.unbanAll(),
				},
				{
					text: gettext('Reload Jail'),
					itemId: 'reload',
					right: 'modify',
					disabled: !jail.enabled,
					handler: () => this.reload(),
				},
				{
					text: gettext('Restart Jail'),
					itemId: 'restart',
					right: 'modify',
					disabled: !jail.enabled,
					handler: () => this.restart(),
				},
			],
			jail.jail,
		];
	},
});
