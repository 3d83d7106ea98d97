import { format, sentences } from '../kit/text.ts';
import type { OptionScope, ScopeOptions } from './calls.ts';
import type { FieldKind } from './optionHints.ts';

/** An option as the card lists it; without a kind it is only shown. */
export interface OptionsRow {
	/** As fail2ban names it. */
	id: string;
	scope: OptionScope;
	label: string;
	kind: FieldKind | undefined;
	option: ScopeOptions['options'][string];
}

type Listed = [id: string, label: string, kind?: FieldKind];

function listed(scope: OptionScope): Listed[] {
	return scope === 'defaults'
		? [
				['maxretry', gettext('Max. Retry'), 'count'],
				['findtime', gettext('Find Time'), 'time'],
				['bantime', gettext('Ban Time'), 'bantime'],
				['bantime.increment', gettext('Ban Longer Each Time'), 'bool'],
				['bantime.multipliers', gettext('Multipliers'), 'multipliers'],
				['bantime.factor', gettext('Factor'), 'text'],
				['bantime.maxtime', gettext('Maximum Ban Time'), 'time'],
				['bantime.rndtime', gettext('Random Extra Time'), 'time'],
				['bantime.overalljails', gettext('Count Over All Jails'), 'bool'],
				['banaction', gettext('Ban Action'), 'banaction'],
				['banaction_allports', gettext('Ban Action (All Ports)'), 'banaction'],
				['backend', gettext('Backend'), 'backend'],
				['usedns', gettext('Use DNS'), 'usedns'],
				['ignoreself', gettext('Ignore Own Addresses'), 'bool'],
			]
		: [
				['loglevel', gettext('Log Level'), 'text'],
				['logtarget', gettext('Log Target'), 'text'],
				['dbpurgeage', gettext('Keep Bans For'), 'time'],
				['dbmaxmatches', gettext('Log Lines per Ban'), 'count0'],
				['dbfile', gettext('Database')],
				['syslogsocket', gettext('Syslog Socket')],
			];
}

/** The rows of one scope, in the order in which they are shown. */
export function optionsRows(scope: OptionScope, { options }: ScopeOptions): OptionsRow[] {
	return listed(scope).flatMap(([id, label, kind]) => {
		const option = options[id];
		return option ? [{ id, scope, label, kind, option }] : [];
	});
}

/** What must be known before the option is changed; empty for most. */
export function optionHint({ id, option }: OptionsRow): string {
	const jails = option.jails ?? [];
	const own = jails.length > 0 ? format(gettext('Jails with their own value: {0}.'), jails.join(', ')) : '';
	return sentences(own, effect(id));
}

function effect(id: string): string {
	switch (id) {
		case 'banaction':
		case 'banaction_allports':
		case 'backend':
			return gettext('The other jails restart: their bans are lifted and set again.');
		case 'loglevel':
			return gettext('Above NOTICE bans are not logged.');
		case 'logtarget':
			return gettext('SYSLOG, SYSOUT (the journal), or a file /var/log/*.log.');
		case 'dbpurgeage':
			return gettext('Bans grow only as long as earlier ones are remembered.');
		default:
			return '';
	}
}
