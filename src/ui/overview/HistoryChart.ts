import type { AnswerOf, Endpoints } from '../../contract/index.ts';
import { define } from '../kit/define.ts';
import { encode } from '../kit/text.ts';

export type History = AnswerOf<Endpoints['getHistory']>;

/** Seconds back, width of a bar, and how the time axis is labeled. */
export const spans = {
	day: { seconds: 86_400, bucket: 'hour', format: 'H:i' },
	week: { seconds: 7 * 86_400, bucket: '6h', format: 'D H:i' },
	month: { seconds: 30 * 86_400, bucket: 'day', format: 'm-d' },
} as const;
export type Span = keyof typeof spans;

/** Failed log-ins and bans over time. */
export interface HistoryChart extends Ext.chart.Cartesian {
	themes: MediaQueryList;
	applyTheme: () => void;
	showSeries(series: History['series'], span: Span): void;
}

declare global {
	interface XTypes {
		pveFail2banHistoryChart: HistoryChart;
	}
}

function line(field: string, title: string): object {
	return {
		type: 'line',
		xField: 'time',
		yField: field,
		title,
		step: true,
		fill: true,
		style: { opacity: 0.6, lineWidth: 1.5 },
		marker: { opacity: 0, scaling: 0.01 },
		highlightCfg: { opacity: 1, scaling: 1.5 },
		tooltip: {
			trackMouse: true,
			renderer: (tooltip: Ext.Component, { data }: Ext.data.Record) => {
				const { time, [field]: value } = data as { [field: string]: number };
				const moment = Proxmox.Utils.render_timestamp(Number(time) / 1000);
				tooltip.setHtml(`${encode(title)}: ${encode(value)}<br>${encode(moment)}`);
			},
		},
	};
}

define<HistoryChart>('PVEFail2ban.panel.HistoryChart', {
	extend: 'Ext.chart.CartesianChart',
	xtype: 'pveFail2banHistoryChart',
	height: 200,
	animation: false,
	// ExtJS would name a server of its own
	downloadServerUrl: '-',
	legend: { type: 'dom', docked: 'top', padding: 0 },

	constructor: function (this: HistoryChart, config: object) {
		this.callParent([
			{
				...config,
				// at the right is half of the last time
				insetPadding: { top: 10, right: 25, bottom: 10, left: 10 },
				// set later it would stay empty
				store: Ext.create('Ext.data.Store', { fields: ['time', 'found', 'bans'], data: [] }),
				axes: [
					{
						type: 'numeric',
						position: 'left',
						grid: true,
						minimum: 0,
						// there are no halves of a ban
						renderer: (_axis: unknown, value: number) => (Number.isInteger(value) ? String(value) : ''),
					},
					{ type: 'time', position: 'bottom', grid: true, fields: ['time'], dateFormat: 'H:i' },
				],
				series: [line('found', gettext('Failed')), line('bans', gettext('Bans'))],
			},
		]);
		this.themes = matchMedia('(prefers-color-scheme: dark)');
		this.applyTheme = () => {
			const style = getComputedStyle(document.documentElement);
			const color = (name: string, fallback: string) =>
				style.getPropertyValue(`--pwt-${name}`).trim() || fallback;
			this.setBackground(color('panel-background', '#ffffff'));
			for (const axis of this.getAxes()) {
				axis.setLabel({ color: color('text-color', '#000000') });
				axis.setStyle({ strokeStyle: color('chart-primary', '#000000') });
				axis.setGrid({ stroke: color('chart-grid-stroke', '#dddddd') });
			}
			this.redraw();
		};
		this.applyTheme();
		this.themes.addEventListener('change', this.applyTheme);
		this.on('destroy', () => this.themes.removeEventListener('change', this.applyTheme));
	},

	showSeries: function (series, span) {
		const rows = series.map(({ time, found, bans }) => ({ time: time * 1000, found, bans }));
		const last = rows.at(-1);
		// a step ends where the next one begins
		const end = last && { ...last, time: Math.max(Date.now(), last.time) };
		this.getAxes()[1]?.setDateFormat?.(spans[span].format);
		this.store.loadData(end ? [...rows, end] : rows);
	},
});
