import { jailOptions } from '../../contract/kit/jailOptions.ts';
import { ConfigDocument } from './ConfigDocument.ts';
import { checkOption } from './optionRules.ts';
import { isTrue } from './pythonValues.ts';
import { changedPlaces } from './revertText.ts';
import { checkSetting } from './settingRules.ts';
import { pamGuard, sshdGuard } from './shippedFilterGuards.ts';

const kinds = new Map(jailOptions.map((option) => [option.name, option]));

/** How the forms write a filter whose mode is an option of its own. */
const withMode = /\[mode=%\(mode\)s\]$/;

/**
 * What of a new text somebody other than root@pam may not write (see SECURITY.md), each as an option and
 * its section; empty: all of it is allowed. Comments are free.
 */
export function rootOnlyPlaces(name: string, now: string | null, next: string | null): string[] {
	const [before, after] = [now, next].map((text) => ConfigDocument.parse(text ?? '')) as [
		ConfigDocument,
		ConfigDocument,
	];
	const isJail = /^jail\.(?:d\/|local$)/.test(name);
	const isServer = /^fail2ban\.(?:d\/|local$)/.test(name);
	if ((!isJail && !isServer) || before.errors.length + after.errors.length > 0) return [name];
	return changedPlaces(before, after)
		.filter(({ section, option }) => {
			if (section === 'INCLUDES') return true;
			const value = after.get(section, option);
			if (isGuard(section, option, before) && isGuard(section, option, after)) return false;
			return isJail ? !mayJail(option, value) : !mayServer(section, option, value);
		})
		.map(({ section, option }) => `${option} in [${section}]`);
}

const guards = new Map([
	['sshd', sshdGuard],
	['pam-generic', pamGuard],
]);

/** Whether an option is not set, or is just what the protection of log-ins gives the jail, whoever asks for it. */
function isGuard(section: string, option: string, document: ConfigDocument): boolean {
	const guard = guards.get(section);
	if (guard === undefined || (option !== 'ignoreregex' && option !== 'journalmatch')) return false;
	const value = document.get(section, option);
	return value === undefined || value.trim() === [guard[option]].flat().join('\n');
}

function mayJail(option: string, value: string | undefined): boolean {
	const known = kinds.get(option);
	if (known === undefined || known.permission !== 'modify') return false;
	if (value === undefined) return true;
	const plain = known.kind === 'filter' ? value.replace(withMode, '') : value;
	// the ignore list is written an entry a line
	const text = known.kind === 'ignoreip' ? plain.trim().replace(/\s+/g, ' ') : plain;
	// an option that is set to nothing by hand gives nothing away
	return text === '' || checkOption(option, asGiven(known.kind, text), { root: false }) === null;
}

/** The forms take true and false only. */
function asGiven(kind: string, text: string): string {
	if (kind !== 'bool') return text;
	return isTrue(text) ? 'true' : 'false';
}

function mayServer(section: string, option: string, value: string | undefined): boolean {
	if (section !== 'Definition') return false;
	// whatever the value, the option itself must be one that they may set
	return checkSetting(option, value ?? sample[option] ?? '', { root: false }) === null;
}

/** Values that are allowed, to ask for the option alone. */
const sample: Record<string, string> = { loglevel: 'INFO', dbpurgeage: '1d', dbmaxmatches: '10' };
