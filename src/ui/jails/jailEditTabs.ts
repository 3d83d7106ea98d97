import type { OptionRow } from '../options/OptionRow.ts';
import '../options/OptionRow.ts';
import { renderText } from '../kit/render.ts';
import type { FieldKind } from '../options/optionHints.ts';
import { openWorkbench } from '../workbench/Workbench.ts';

type JailEdit = XTypes['pveFail2banJailEdit'];

interface Owner {
	nodename: string;
	/** Undefined for a jail that is still to be created. */
	jail: string | undefined;
}

type Row = [option: string, kind: FieldKind, label: string, example?: string];

/** For values that are long, as their example shows. */
const wide = 330;

function row(
	{ nodename }: Owner,
	[option, kind, label, example]: Row,
	more: Omit<Partial<XTypes['pveFail2banOption']>, 'xtype'> = {},
): Item {
	const long = kind === 'lines' || kind === 'ignoreip' || (example ?? '').length > 15;
	return {
		xtype: 'pveFail2banOption',
		nodename,
		option,
		kind,
		label,
		...(example !== undefined && { example }),
		...(long && { fieldWidth: wide }),
		...more,
	};
}

/** A sentence that is filled in while the form is edited. */
export function hint(itemId: string): Item {
	return { xtype: 'component', itemId, hidden: true, userCls: 'pmx-hint', padding: 5, margin: '5 0 10 0' };
}

/** A tab with a row for each option; labels of 150 fit all of them but those of the first tab. */
function tab(owner: Owner, itemId: string, title: string, rows: Row[], more: Item[] = []): Item {
	const items = rows.map((spec) => row(owner, spec, { labelWidth: 150 }));
	return { xtype: 'panel', itemId, title, items: [...items, ...more] };
}

function nameField({ jail }: Owner): Item {
	const shared = { itemId: 'jail', labelWidth: 120 };
	if (jail === undefined) {
		return {
			xtype: 'textfield',
			...shared,
			name: 'jail',
			fieldLabel: gettext('Name'),
			width: 295,
			margin: '0 30 0 0',
			allowBlank: false,
			listeners: { change: (field: Ext.Component) => field.up<JailEdit>('#fail2banJailEdit').onEdited() },
			validator: (name) =>
				/^[A-Za-z0-9][\w-]{0,23}$/.test(name) || gettext('Letters, digits, - and _, at most 24 characters.'),
		};
	}
	return {
		xtype: 'displayfield',
		...shared,
		fieldLabel: gettext('Jail'),
		width: 330,
		value: jail,
		renderer: renderText,
		fieldStyle: 'white-space: nowrap; overflow: hidden; text-overflow: ellipsis',
	};
}

/** Whether the jail runs, how strict it is, and whom it never bans. */
export function generalTab(owner: Owner): Item {
	const created = owner.jail === undefined;
	const filter = row(owner, ['filter', 'filter', gettext('Filter'), 'sshd'], { required: true });
	return {
		xtype: 'panel',
		itemId: 'general',
		title: gettext('General'),
		items: [
			{
				xtype: 'container',
				layout: { type: 'hbox', align: 'middle' },
				margin: '0 0 5 0',
				items: [
					nameField(owner),
					row(owner, ['enabled', 'bool', gettext('Enable')], { labelWidth: 60, flex: 1 }),
				],
			},
			// A new jail is nothing without one; else it stands beside the log source.
			...(created ? [filter] : []),
			row(owner, ['maxretry', 'count', gettext('Max. Retry')]),
			row(owner, ['findtime', 'time', gettext('Find Time')]),
			row(owner, ['bantime', 'bantime', gettext('Ban Time')]),
			hint('sentence'),
			row(owner, ['ignoreip', 'ignoreip', gettext('Ignore List')]),
		],
	};
}

/** How bans grow for addresses that come back. */
export function repeatTab(owner: Owner): Item {
	return tab(
		owner,
		'repeat',
		gettext('Repeat Offenders'),
		[
			['bantime.increment', 'bool', gettext('Ban Longer Each Time')],
			['bantime.multipliers', 'multipliers', gettext('Multipliers')],
			['bantime.factor', 'text', gettext('Factor'), '2'],
			['bantime.formula', 'text', gettext('Formula'), 'ban.Time * (1 << ban.Count)'],
			['bantime.maxtime', 'time', gettext('Maximum Ban Time'), '4w'],
			['bantime.rndtime', 'time', gettext('Random Extra Time')],
			['bantime.overalljails', 'bool', gettext('Count Over All Jails')],
		],
		[hint('growth')],
	);
}

/** Which lines the jail reads, and by which filter. */
export function sourceTab(owner: Owner): Item {
	const { nodename, jail } = owner;
	const test: Item = {
		xtype: 'button',
		itemId: 'test',
		iconCls: 'fa fa-play',
		text: gettext('Test'),
		margin: '5 0 0 155',
		handler: (button: Ext.Component) => {
			// what is chosen in the form, saved or not
			const row = button.up<Ext.panel.Panel>('panel').down<OptionRow>('#option-filter');
			const filter = row.effective().split('[', 1)[0]?.trim();
			openWorkbench(nodename, { jail: jail as string, ...(filter && { filter }), test: true });
		},
	};
	return tab(
		owner,
		'source',
		gettext('Log Source'),
		[
			...(jail === undefined ? [] : [['filter', 'filter', gettext('Filter'), 'sshd'] satisfies Row]),
			['mode', 'mode', gettext('Mode'), 'aggressive'],
			['backend', 'backend', gettext('Backend'), 'systemd'],
			['journalmatch', 'lines', gettext('Journal Match'), '_SYSTEMD_UNIT=ssh.service + _COMM=sshd'],
			['logpath', 'lines', gettext('Log Path'), '/var/log/auth.log'],
		],
		jail === undefined ? [] : [test],
	);
}

/** What happens to a banned address. */
export function actionTab(owner: Owner): Item {
	return tab(owner, 'action', gettext('Action'), [
		['banaction', 'banaction', gettext('Ban Action'), 'nftables'],
		['banaction_allports', 'banaction', gettext('Ban Action (All Ports)'), 'nftables'],
		['port', 'port', gettext('Ports')],
		['protocol', 'protocol', gettext('Protocol'), 'tcp'],
		['chain', 'text', gettext('Chain'), 'INPUT'],
		['action', 'lines', gettext('Action'), '%(action_)s'],
		['destemail', 'text', gettext('Mail To'), 'admin@example.org'],
		['sender', 'text', gettext('Mail From'), 'fail2ban@example.org'],
		['mta', 'text', gettext('Mail Program'), 'sendmail'],
	]);
}

/** What is rarely changed. */
export function advancedTab(owner: Owner): Item {
	return tab(owner, 'advanced', gettext('Advanced'), [
		['usedns', 'usedns', gettext('Use DNS'), 'no'],
		['maxmatches', 'count0', gettext('Max. Matches')],
		['ignoreself', 'bool', gettext('Ignore Own Addresses')],
		['ignorecommand', 'text', gettext('Ignore Command'), '/usr/local/bin/is-ours <ip>'],
		['ignorecache', 'text', gettext('Ignore Cache'), 'key="<ip>", max-count=100, max-time=5m'],
		['maxlines', 'text', gettext('Max. Lines'), '1'],
		['datepattern', 'text', gettext('Date Pattern'), '%%Y-%%m-%%d %%H:%%M'],
		['logencoding', 'text', gettext('Log Encoding'), 'utf-8'],
		['logtimezone', 'text', gettext('Log Time Zone'), 'UTC+0200'],
		['prefregex', 'text', 'prefregex', '^sshd\\[\\d+\\]: <F-CONTENT>.+</F-CONTENT>$'],
		['failregex', 'lines', 'failregex', '^Failed password for \\S+ from <HOST>$'],
		['ignoreregex', 'lines', 'ignoreregex', '^Failed password for backup from <HOST>$'],
	]);
}
