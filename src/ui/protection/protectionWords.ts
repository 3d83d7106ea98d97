import type { Protection, ProtectionPreset } from '../../contract/types.ts';
import { banSentence } from '../jails/jailSentences.ts';
import { count, format, plural } from '../kit/text.ts';
import { parseTime, timeInWords } from '../kit/time.ts';

type Preset = ProtectionPreset['id'];

export const presetTitles: Record<Preset, () => string> = {
	standard: () => gettext('Standard (recommended)'),
	strict: () => gettext('Strict'),
	'one-attempt': () => gettext('One Attempt'),
};

const week = 7 * 86_400;

function longest(time: string): string {
	const seconds = parseTime(time) ?? 0;
	return seconds % week === 0
		? `${seconds / week} ${plural(seconds / week, 'week', 'weeks')}`
		: timeInWords(seconds, plural);
}

/** `5 failures within 10 minutes ban the address for 1 hour. Each further ban is longer, up to 4 weeks.` */
export function presetText(preset: ProtectionPreset): string {
	const { maxretry, findtime, bantime, maxtime, increment } = preset;
	const longer =
		maxtime === null
			? gettext('Each further ban is longer.')
			: format(gettext('Each further ban is longer, up to {0}.'), longest(maxtime));
	return [
		banSentence(String(maxretry), findtime, bantime),
		increment ? longer : '',
		maxretry === 1 ? gettext('One mistyped password is enough.') : '',
	]
		.filter(Boolean)
		.join(' ');
}

type Planned = Pick<Protection, 'files' | 'starts' | 'restarts' | 'bannedTotal' | 'serverRunning'>;

/** `3 files are created, 1 file is changed, 3 jails start (sshd, …), 14 addresses are banned at once.` */
export function summaryText({ files, starts, restarts, bannedTotal, serverRunning }: Planned): string {
	const part = (n: number, one: string, many: string, names: string[] = []) =>
		n > 0
			? [format(plural(n, one, many), count(n)) + (names.length > 0 ? ` (${names.join(', ')})` : '')]
			: [];
	const having = (wanted: string) => files.filter(({ state }) => state === wanted).length;
	const changes = [
		...part(having('created'), '{0} file is created', '{0} files are created'),
		...part(having('changed'), '{0} file is changed', '{0} files are changed'),
		...(serverRunning ? [] : [gettext('fail2ban is started')]),
		...part(starts.length, '{0} jail starts', '{0} jails start', starts),
		...part(restarts.length, '{0} jail restarts', '{0} jails restart', restarts),
	];
	if (changes.length === 0) {
		return gettext('Nothing changes: this node is protected like that already.');
	}
	const banned =
		bannedTotal === 0
			? [gettext('nobody is banned at once')]
			: part(bannedTotal ?? 0, '{0} address is banned at once', '{0} addresses are banned at once');
	const unknown = bannedTotal === null ? ` ${gettext('Whom this bans at once is not known.')}` : '';
	return `${[...changes, ...banned].join(', ')}.${unknown}`;
}

/** What it means that the caller's own address is not ignored; empty if it is. */
export function ownAddressWarning(
	{ client, clientKnown, ignore }: Pick<Protection, 'client' | 'clientKnown' | 'ignore'>,
	maxretry: number,
): string {
	if (!clientKnown) {
		return gettext('Your address is unknown. Add it, or you may lock yourself out.');
	}
	const ignored = ignore.some(
		({ kind, address, chosen }) => (kind === 'client' || address === client) && chosen,
	);
	const text = plural(
		maxretry,
		'{0} wrong password from {1} locks you out.',
		'{0} wrong passwords from {1} lock you out.',
	);
	return ignored ? '' : format(text, maxretry, client);
}
