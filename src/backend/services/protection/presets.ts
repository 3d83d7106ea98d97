import type { Static } from '@sinclair/typebox';
import type { presetIds, protectionPreset } from '../../../contract/protection.ts';
import { type Message, msg, sentences, told } from '../../kit/message.ts';

export type PresetId = (typeof presetIds)[number];

/** The options of a jail that a preset decides; null: the option shall not count. Times as fail2ban writes them. */
export interface PresetValues {
	maxretry: number;
	findtime: string;
	bantime: string;
	/** Each ban of an address is longer than the one before. */
	increment: boolean;
	maxtime: string | null;
}

export interface Preset extends PresetValues {
	id: PresetId;
	title: Message;
	/** What it does, in a few sentences. */
	text: Message;
	/** For the jail that watches fail2ban's own bans. */
	recidive: PresetValues;
}

const longer = msg('Each further ban is longer, up to 4 weeks.');

export const presets: readonly Preset[] = [
	{
		id: 'standard',
		title: msg('Standard'),
		text: sentences([msg('5 failures within 10 minutes ban the address for 1 hour.'), longer]),
		maxretry: 5,
		findtime: '10m',
		bantime: '1h',
		increment: true,
		maxtime: '4w',
		// fail2ban's own values, and longer each time like the others
		recidive: { maxretry: 5, findtime: '1d', bantime: '1w', increment: true, maxtime: '4w' },
	},
	{
		id: 'strict',
		title: msg('Strict'),
		text: sentences([msg('3 failures within 1 hour ban the address for 1 day.'), longer]),
		maxretry: 3,
		findtime: '1h',
		bantime: '1d',
		increment: true,
		maxtime: '4w',
		// bans last a day and more, so a look back over one day would never see three of them
		recidive: { maxretry: 3, findtime: '2w', bantime: '4w', increment: false, maxtime: null },
	},
	{
		id: 'one-attempt',
		title: msg('One Attempt'),
		text: sentences([
			msg('1 failure within 14 days bans the address for 30 days.'),
			msg('One mistyped password is enough.'),
		]),
		maxretry: 1,
		findtime: '14d',
		bantime: '30d',
		increment: false,
		maxtime: null,
		recidive: { maxretry: 2, findtime: '14d', bantime: '30d', increment: false, maxtime: null },
	},
];

export const standard = presets[0] as Preset;

export function presetById(id: PresetId): Preset {
	return presets.find((preset) => preset.id === id) ?? standard;
}

export function valuesFor(preset: Preset, jail: string): PresetValues {
	return jail === 'recidive' ? preset.recidive : preset;
}

export function presetRow({
	id,
	title,
	text,
	maxretry,
	findtime,
	bantime,
	maxtime,
	increment,
}: Preset): Static<typeof protectionPreset> {
	return told({ id, title, text, maxretry, findtime, bantime, maxtime, increment });
}
