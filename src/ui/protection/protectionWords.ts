import type { Protection, ProtectionPreset } from '../../contract/types.ts';
import { count, format, plural, sentences } from '../kit/text.ts';

type Preset = ProtectionPreset['id'];

export const presetTitles: Record<Preset, () => string> = {
	standard: () => gettext('Standard (recommended)'),
	strict: () => gettext('Strict'),
	'one-attempt': () => gettext('One Attempt'),
};

type Planned = Pick<Protection, 'files' | 'starts' | 'restarts' | 'banned-total' | 'server-running'>;

/** `3 files are created. 1 file is changed. 3 jails start: sshd, …. 14 addresses are banned immediately.` */
export function summaryText({
	files,
	starts,
	restarts,
	'banned-total': bannedTotal,
	'server-running': serverRunning,
}: Planned): string {
	const having = (wanted: string) => files.filter(({ state }) => state === wanted).length;
	const part = (n: number, text: string, names: string[] = []) =>
		n > 0 ? [format(text, count(n), names.join(', '))] : [];
	const [created, changed] = [having('created'), having('changed')];
	const changes = [
		...part(created, plural(created, '{0} file is created.', '{0} files are created.')),
		...part(changed, plural(changed, '{0} file is changed.', '{0} files are changed.')),
		...(serverRunning ? [] : [gettext('fail2ban is started.')]),
		...part(starts.length, plural(starts.length, '{0} jail starts: {1}.', '{0} jails start: {1}.'), starts),
		...part(
			restarts.length,
			plural(restarts.length, '{0} jail restarts: {1}.', '{0} jails restart: {1}.'),
			restarts,
		),
	];
	return changes.length === 0
		? gettext('Nothing changes: this node already has this protection.')
		: sentences(...changes, bannedText(bannedTotal));
}

function bannedText(total: number | null): string {
	if (total === null) {
		return gettext('It is not known which addresses are banned immediately.');
	}
	const text = plural(total, '{0} address is banned immediately.', '{0} addresses are banned immediately.');
	return total === 0 ? gettext('No address is banned immediately.') : format(text, count(total));
}

/** What it means that the caller's own address is not ignored; empty if it is. */
export function ownAddressWarning(
	{ client, 'client-known': clientKnown, ignore }: Pick<Protection, 'client' | 'client-known' | 'ignore'>,
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
