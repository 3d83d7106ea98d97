import { confirm } from '../kit/confirm.ts';
import { controller } from '../kit/define.ts';
import { inWindows } from '../kit/inWindows.ts';
import { openCard } from '../kit/openCard.ts';
import { has } from '../kit/rights.ts';
import { count, encode, format, plural, sentences } from '../kit/text.ts';
import { postService } from '../lockout/calls.ts';
import { makeChange } from '../lockout/makeChange.ts';
import { postEnforcement } from './calls.ts';
import type { Span } from './HistoryChart.ts';
import type { HistoryPanel } from './HistoryPanel.ts';
import type { StatusLine } from './overviewState.ts';

type Overview = XTypes['pveFail2banOverview'];

export const overviewController = controller<Overview>()({
	service(command: 'start' | 'stop' | 'restart'): void {
		const view = this.getView();
		const { nodename: node } = view;
		makeChange({
			node,
			call: ({ force }) => postService(node, command, view, undefined, force),
			nextDigest: async () => undefined,
			anyway: gettext('Continue Anyway'),
			writesNothing: true,
			done: () => view.destroyed || view.status.load(),
		});
	},

	protect(): void {
		const { nodename, status } = this.getView();
		const done = () => status.destroyed || status.load();
		inWindows(({ openProtection }) => openProtection(nodename, done));
	},

	/** A line's own remedy, or its arrow: a jail, an entry of the menu, or the wizard. */
	openLine(
		_view: unknown,
		_row: unknown,
		_column: unknown,
		_item: unknown,
		_event: unknown,
		record: Ext.data.Record<StatusLine>,
	): void {
		const { jail, link } = record.data;
		if (jail !== undefined) {
			openCard('fail2ban-jails', { jail });
		} else if (link === 'protection') {
			if (has('modify')) {
				this.protect();
			}
		} else if (link === 'reapply') {
			this.reapply();
		} else if (link === 'repair') {
			const { nodename, status } = this.getView();
			inWindows(({ openRepair }) => openRepair(nodename, () => status.destroyed || status.load()));
		} else if (link) {
			openCard(link);
		}
	},

	/** Nothing is asked but of who would be shut out: bans are only set that fail2ban holds anyway. */
	reapply(): void {
		const view = this.getView();
		const { nodename: node } = view;
		if (has('modify')) {
			makeChange({
				node,
				call: ({ force }) => postEnforcement(node, view, force),
				anyway: gettext('Continue Anyway'),
				writesNothing: true,
				done: () => view.destroyed || view.loadChecks(),
			});
		}
	},

	onSpan(_field: unknown, span: Span): void {
		this.getView().down<HistoryPanel>('#history').setSpan(span);
	},

	onWritten(): void {
		this.getView().down<HistoryPanel>('#history').load();
	},

	start(): void {
		this.service('start');
	},

	stop(): void {
		const banned = this.getView().status.last?.banned ?? 0;
		const again = plural(
			banned,
			'{0} banned address can connect again, and failed log-ins are not counted until it is started.',
			'All {0} banned addresses can connect again, and failed log-ins are not counted until it is started.',
		);
		const only = gettext('Failed log-ins are not counted until it is started.');
		const text = banned === 0 ? only : format(again, count(banned));
		confirm(encode(sentences(gettext('Stop fail2ban?'), text)), { dangerous: true }).then((yes) => {
			if (yes) {
				this.service('stop');
			}
		});
	},

	restart(): void {
		const banned = this.getView().status.last?.banned ?? 0;
		const text = plural(
			banned,
			'Its {0} ban is lifted and set again.',
			'Its {0} bans are lifted and set again one by one, which can take minutes.',
		);
		const bans = banned === 0 ? '' : format(text, count(banned));
		confirm(encode(sentences(gettext('Restart fail2ban?'), bans))).then((yes) => {
			if (yes) {
				this.service('restart');
			}
		});
	},
});
