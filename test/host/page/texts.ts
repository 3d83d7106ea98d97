import { Ext } from './ext.ts';

const two = (value: number) => String(value).padStart(2, '0');

type Description = [prefix: string, text: string] | ((type: string, id: string) => string);
const descriptions: Record<string, Description> = {};

interface Upid {
	node: string;
	pid: number;
	starttime: number;
	type: string;
	id: string;
	user: string;
	desc: string;
}

const healthIcons: Record<string, string> = {
	good: 'good fa-check',
	warning: 'warning fa-exclamation',
	critical: 'critical fa-times',
};

/** The part of Proxmox.Utils that turns values into text. */
export const textUtils = {
	yesText: 'Yes',
	noText: 'No',
	enabledText: 'Enabled',
	disabledText: 'Disabled',
	noneText: 'none',
	NoneText: 'None',
	errorText: 'Error',
	unknownText: 'Unknown',
	defaultText: 'Default',
	runningText: 'running',
	stoppedText: 'stopped',
	neverText: 'never',

	format_boolean: (value: unknown) => (value ? 'Yes' : 'No'),
	renderEnabledIcon: (enabled: unknown) => `<i class="fa fa-${enabled ? 'check' : 'minus'}"></i>`,

	render_timestamp: (seconds: number) => Ext.Date.format(new Date(seconds * 1000), 'Y-m-d H:i:s'),

	/** Up to the two largest kinds of unit that matter: 1d 2h, 3m 4s. */
	format_duration_human(seconds: number): string {
		if (seconds <= 0.1) {
			return '<0.1s';
		}
		const days = Math.floor(seconds / 86_400);
		const parts = [
			[days, 'd'],
			[Math.floor((seconds % 86_400) / 3600), 'h'],
			[Math.floor((seconds % 3600) / 60), 'm'],
			[days > 0 ? 0 : Number((seconds % 60).toFixed(1)), 's'],
		] as const;
		return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join(' ');
	},

	format_duration_long(seconds: number): string {
		const days = Math.floor(seconds / 86_400);
		const clock = [Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
		const time = clock.map((part) => two(Math.floor(part))).join(':');
		return days > 0 ? `${days} ${days > 1 ? 'days' : 'day'} ${time}` : time;
	},
	render_uptime: (seconds: number) => textUtils.format_duration_long(seconds),
	render_duration: (seconds?: number) =>
		seconds === undefined ? '-' : textUtils.format_duration_human(seconds),

	get_health_icon(state?: string, circle = false): string {
		return `${healthIcons[state ?? ''] ?? 'faded fa-question'}${circle ? '-circle' : ''}`;
	},

	dialog_title(subject: string, create?: boolean, add?: boolean): string {
		return `${create ? (add ? 'Add' : 'Create') : 'Edit'}: ${subject}`;
	},

	override_task_descriptions(table: Record<string, Description>): void {
		Object.assign(descriptions, table);
	},
	format_task_description(type: string, id: string): string {
		const found = descriptions[type];
		if (typeof found === 'function') {
			return found(type, id);
		}
		if (!found) {
			return id ? `${type} ${id}` : type;
		}
		return found[0] && id !== undefined ? `${found[0]} ${id} - ${found[1]}` : found[1];
	},
	parse_task_upid(upid: string): Upid {
		const [, node, pid, , starttime, type, id, user] = upid.split(':');
		if (!node || !pid || !starttime || !type || id === undefined || !user) {
			throw new Error(`no UPID: ${upid}`);
		}
		return {
			node,
			pid: Number.parseInt(pid, 16),
			starttime: Number.parseInt(starttime, 16),
			type,
			id,
			user,
			desc: textUtils.format_task_description(type, id),
		};
	},
};
