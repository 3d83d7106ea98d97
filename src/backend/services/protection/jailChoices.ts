import type { JailConfig } from '../../config/layers.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type Message, msg, sentences } from '../../kit/message.ts';
import { filterName } from '../edit/filterValue.ts';
import { guardOptions } from './filterGuard.ts';
import { firewallAction } from './firewallAction.ts';
import { fileSource, journalSource, type NeededOptions, type NeededSource } from './logSource.ts';
import type { NodeFacts } from './nodeFacts.ts';
import { portsFor } from './ports.ts';
import { recidive, recidiveSource } from './recidiveSource.ts';

/** A jail that can be enabled on this node, or why not. */
export interface JailChoice {
	jail: string;
	/** What it watches, in words. */
	protects: Message;
	/** Ports that it closes: `22`, `8006`; `all`. */
	ports: string;
	/** Why it cannot be enabled, and what to do; null: it can. */
	reason: Message | null;
	/** What it needs besides the values of a preset. */
	needed: NeededOptions;
}

interface Definition {
	jail: string;
	/** A filter of ours; null: the one that the jail has in fail2ban's own jail.conf. */
	filter: string | null;
	protects: Message;
	installed(facts: NodeFacts): boolean;
	/** The file where the system logger writes what the filter looks for. */
	log(facts: NodeFacts): string | null;
	/** What that file would be called. */
	logName: string;
	/** null: the jail closes all ports. */
	ports(facts: NodeFacts): readonly number[] | null;
}

const definitions: readonly Definition[] = [
	{
		jail: 'sshd',
		filter: null,
		protects: msg('Log-ins by SSH'),
		installed: ({ installed }) => installed.ssh,
		log: ({ authLog }) => authLog,
		logName: 'auth.log',
		ports: ({ sshPorts }) => sshPorts,
	},
	{
		jail: 'pam-generic',
		filter: null,
		protects: msg("The system's own log-ins (PAM)"),
		installed: () => true,
		log: ({ authLog }) => authLog,
		logName: 'auth.log',
		ports: () => null,
	},
	{
		jail: 'proxmox',
		filter: 'pve-fail2ban-pve',
		protects: msg('Log-ins to the web interface and the API of Proxmox VE'),
		installed: ({ installed }) => installed.pve,
		log: ({ daemonLog }) => daemonLog,
		logName: 'syslog',
		ports: () => [8006],
	},
	{
		jail: 'proxmox-backup',
		filter: 'pve-fail2ban-pbs',
		protects: msg('Log-ins to Proxmox Backup Server'),
		installed: ({ installed }) => installed.backup,
		log: ({ backupLog }) => backupLog,
		logName: 'proxmox-backup/api/auth.log',
		ports: () => [8007],
	},
	{
		jail: 'proxmox-mail',
		filter: 'pve-fail2ban-pmg',
		protects: msg('Log-ins to Proxmox Mail Gateway'),
		installed: ({ installed }) => installed.mail,
		log: ({ daemonLog }) => daemonLog,
		logName: 'syslog',
		ports: () => [8006],
	},
];

/** Every jail that this can be about, in the order of the list. */
export const protectionJails: readonly string[] = [...definitions.map(({ jail }) => jail), recidive];

/** The jails that watch what is installed on the node, with what each needs there. Pure. */
export function jailChoices(snapshot: ConfigSnapshot, facts: NodeFacts): JailChoice[] {
	const choices = definitions
		.filter(({ installed }) => installed(facts))
		.map((definition) => choiceOf(snapshot, facts, definition));
	return [...choices, recidiveChoice(snapshot, facts)];
}

function choiceOf(snapshot: ConfigSnapshot, facts: NodeFacts, definition: Definition): JailChoice {
	const { jails } = snapshot;
	const { jail, filter, protects } = definition;
	const source = logSource(jails, facts, definition);
	const wanted = definition.ports(facts);
	const ports = wanted === null ? null : portsFor(jails, jail, wanted);
	const action = firewallAction(jails, facts, jail, ports?.text ?? null);
	const needed = new Map<string, string>();
	const present = jails.option(jail, 'filter')?.value;
	if (filter !== null && (present == null || filterName(present) !== filter)) needed.set('filter', filter);
	for (const [option, value] of source.needed) needed.set(option, value);
	for (const [option, value] of guardOptions(jails, jail, facts.journal !== null)) needed.set(option, value);
	if (action.needed !== null) needed.set('banaction', action.needed);
	if (ports?.needed) needed.set('port', ports.text);
	const reason = missingFilter(snapshot, definition) ?? source.reason ?? action.reason;
	return { jail, protects, ports: ports?.text ?? 'all', reason, needed };
}

function recidiveChoice(snapshot: ConfigSnapshot, facts: NodeFacts): JailChoice {
	const { jails } = snapshot;
	const source = recidiveSource(jails, facts);
	const action = firewallAction(jails, facts, recidive, null);
	const needed = new Map(source.needed);
	if (action.needed !== null) needed.set('banaction', action.needed);
	const missing = missingJail(jails, recidive);
	return {
		jail: recidive,
		protects: msg('The whole node, from addresses that other jails ban again and again'),
		ports: 'all',
		reason: missing ?? source.reason ?? action.reason,
		needed,
	};
}

function missingJail(jails: JailConfig, jail: string): Message | null {
	if (jails.jails().includes(jail)) return null;
	return msg("jail.conf of fail2ban has no jail '{0}'. Reinstall fail2ban (apt reinstall fail2ban).", jail);
}

function missingFilter(
	{ jails, source, root }: ConfigSnapshot,
	{ jail, filter }: Definition,
): Message | null {
	if (filter === null) return missingJail(jails, jail);
	if (source.read(`${root}/filter.d/${filter}.conf`) !== undefined) return null;
	return msg(
		'The filter {0} is missing. Reinstall pve-fail2ban (apt reinstall pve-fail2ban).',
		`filter.d/${filter}.conf`,
	);
}

function logSource(jails: JailConfig, facts: NodeFacts, definition: Definition): NeededSource {
	const { jail } = definition;
	if (facts.noJournal === null) return journalSource(jails, facts.journal, jail);
	const file = definition.log(facts);
	if (file === null) {
		const path = `${facts.logFolder}/${definition.logName}`;
		const missing = msg('{0} does not exist either (apt install rsyslog).', path);
		const reason = sentences([facts.noJournal, missing]);
		return { needed: new Map(), reason };
	}
	return fileSource(jails, jail, file, facts.isLog);
}
