import type { FilterRow } from '../../../contract/types.ts';
import { loopback, parseNetwork } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { isTrue } from '../../config/pythonValues.ts';
import { parseTime } from '../../config/time.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { enumerate, type Message, msg } from '../../kit/message.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import { ignorePlace } from '../ignore/plan.ts';
import { isGuarded } from '../protection/filterGuard.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { CannotTell, type Check, good, issue } from './Check.ts';

export interface JailCheckDeps {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read'>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	/** `enabled`, `disabled` …, as systemd says of fail2ban.service; null: it is not started by systemd here. */
	bootState: () => Promise<string | null>;
	/** The server's dbpurgeage in seconds; null: it has no database. */
	purgeAge: () => Promise<number | null>;
	/** Filters with their warnings. */
	filters: () => Promise<FilterRow[]>;
	/** What must never be banned. */
	protectedAddresses: () => Promise<{ address: string; what: string | Message }[]>;
}

/** What systemd says of a unit that it starts at boot. */
const atBoot = /^(?:enabled|static|alias|indirect|generated)$/;

export function service({ figures, bootState }: JailCheckDeps): Check {
	return async () => {
		const { figures: now, failure } = await figures.read();
		const boot = await bootState();
		if (boot === 'not-found')
			return issue(
				'critical',
				msg('fail2ban is not installed as a service.'),
				msg("Run 'apt install fail2ban' in the node's shell."),
			);
		if (failure !== null) throw failure;
		if (!now.running)
			return issue('critical', msg('fail2ban is not running.'), msg('Start it in the Overview.'), 'fail2ban');
		if (boot !== null && !atBoot.test(boot))
			return issue(
				'warning',
				msg('fail2ban is running, but systemd does not start it at boot ({0}).', boot),
				msg(
					"Run 'systemctl {0} fail2ban' in the node's shell.",
					boot.startsWith('masked') ? 'unmask' : 'enable',
				),
			);
		return good(
			boot === null ? msg('fail2ban is running.') : msg('fail2ban is running, and is started at boot.'),
		);
	};
}

function ignoredIn(config: EditedConfig, jail: string | null, address: string): boolean {
	if (parseNetwork(address) === null) return true;
	const place = ignorePlace(config, jail) ?? ignorePlace(config, null);
	return new NetworkSet(place?.effective ?? []).covers(address);
}

/** The address of the browser is a hint only: behind a proxy it may be another. */
export function callerIgnored({ files, ownAddresses }: JailCheckDeps, client: string | null): Check {
	return () => {
		if (client === null || parseNetwork(client) === null) return null;
		const snapshot = files.snapshot();
		const enabled = enabledJails(snapshot);
		const jails = enabled.length > 0 ? enabled : [null];
		const config = new EditedConfig(snapshot);
		const unlisted = jails.filter((jail) => !ignoredIn(config, jail, client));
		const own = new NetworkSet([...loopback, ...ownAddresses()]).covers(client);
		if (unlisted.length === 0) return good(msg('Your address {0} is on the ignore list.', client));
		const open = unlisted.filter((jail) => !own || !ignoresSelf(snapshot, jail));
		if (open.length === 0)
			return good(msg("Your address {0} is this node's own, which is never banned (ignoreself).", client));
		const where = open.flatMap((jail) => jail ?? []);
		return issue(
			'warning',
			open.length === jails.length
				? msg('Your address {0} is not on the ignore list: wrong passwords can lock you out.', client)
				: msg(
						'Your address {0} is not ignored by {1}: wrong passwords can lock you out.',
						client,
						enumerate(where),
					),
			msg('Use Add My Address on the Ignore List card.'),
			'fail2ban-ignore',
		);
	};
}

/** fail2ban ignores its host's own addresses unless told otherwise. */
function ignoresSelf({ jails }: ConfigSnapshot, jail: string | null): boolean {
	const option = jail === null ? jails.defaultOption('ignoreself') : jails.option(jail, 'ignoreself');
	return isTrue(option?.value ?? jailDefaults.ignoreself);
}

function enabledJails(snapshot: ConfigSnapshot): string[] {
	return configuredJails(snapshot).flatMap(({ jail, enabled }) => (enabled ? [jail] : []));
}

export function checkProtectedAddresses({ files, protectedAddresses }: JailCheckDeps): Check {
	return async () => {
		const wanted = await protectedAddresses();
		const known = wanted.filter(({ address }) => parseNetwork(address) !== null);
		const names = wanted.filter(({ address }) => parseNetwork(address) === null);
		if (wanted.length === 0) return null;
		const snapshot = files.snapshot();
		const config = new EditedConfig(snapshot);
		const jails = enabledJails(snapshot);
		const open = known.filter(({ address }) => jails.some((jail) => !ignoredIn(config, jail, address)));
		if (open.length > 0)
			return issue(
				'warning',
				msg(
					'Could be banned: {0}.',
					enumerate(open.map(({ address, what }) => msg('{0} ({1})', address, what))),
				),
				msg('Add them to the ignore list, for all jails.'),
				'fail2ban-ignore',
			);
		if (names.length > 0)
			throw new CannotTell(
				msg(
					'Names are not looked up: {0}. All other addresses are ignored.',
					enumerate(names.map(({ address, what }) => msg('{0} ({1})', address, what))),
				),
			);
		return good(msg('All cluster, migration and storage addresses are ignored in every jail.'));
	};
}

export function checkPurgeAge({ files, purgeAge }: JailCheckDeps): Check {
	return async () => {
		const age = await purgeAge();
		if (age === null)
			return issue(
				'warning',
				msg('fail2ban has no database, so a restart forgets all bans.'),
				msg('Set a database file in fail2ban.local.'),
				'fail2ban-options',
			);
		if (!Number.isFinite(age))
			throw new CannotTell(msg('fail2ban does not report how long it keeps bans (dbpurgeage).'));
		const jails = configuredJails(files.snapshot()).filter(({ enabled }) => enabled);
		const longer = jails.filter(({ findtime }) => (parseTime(findtime) ?? 0) > age);
		if (longer.length > 0)
			return issue(
				'warning',
				msg(
					"fail2ban's database forgets sooner than {0} looks back (Find Time).",
					enumerate(longer.map(({ jail }) => jail)),
				),
				msg('Raise Keep Bans For in Options.'),
				'fail2ban-options',
			);
		const unread = jails.find(({ findtime }) => parseTime(findtime) === null);
		if (unread !== undefined)
			throw new CannotTell(
				msg("findtime of jail '{0}' is not a valid time: '{1}'.", unread.jail, unread.findtime),
			);
		return good(msg("fail2ban's database keeps bans longer than every jail looks back."));
	};
}

const kindWords: Record<string, Message> = {
	injectable: msg('a user name can forge the address'),
	slow: msg('slow on a crafted line'),
	broken: msg('does not compile'),
	nohost: msg('finds no address'),
};

/** `name (a user name can forge the address; slow on a crafted line)` */
function filterWords({ name, kinds }: Pick<FilterRow, 'name' | 'kinds'>): Message {
	const [first = '', ...others] = kinds.map((kind) => kindWords[kind] ?? kind);
	return msg(
		'{0} ({1})',
		name,
		others.reduce((list, kind) => msg('{0}; {1}', list, kind), first),
	);
}

/** What is wrong with a filter where it is used: a jail may mend what the filter leaves open. */
function harmfulKinds(
	{ jails }: ConfigSnapshot,
	{ name, origin, kinds, 'used-by': usedBy }: FilterRow,
): string[] {
	if (origin !== 'package') return kinds;
	const guarded = usedBy.every(({ jail, enabled }) => !enabled || isGuarded(jails, jail, name));
	return kinds.filter(
		(kind) =>
			!(kind === 'injectable' && guarded) &&
			// nobody but fail2ban writes the log that it reads
			!(kind === 'slow' && name === 'recidive'),
	);
}

export function checkFilters({ files, filters }: JailCheckDeps): Check {
	return async () => {
		const snapshot = files.snapshot();
		const used = (await filters())
			.filter(({ 'used-by': usedBy }) => usedBy.some(({ enabled }) => enabled))
			.map((row) => ({ ...row, kinds: harmfulKinds(snapshot, row) }));
		const waiting = used.filter(({ warnings }) => warnings === null);
		const bad = used.filter(({ kinds }) => kinds.length > 0);
		if (bad.length > 0) {
			return issue(
				bad.some(({ kinds }) => kinds.some((kind) => kind === 'broken' || kind === 'nohost'))
					? 'critical'
					: 'warning',
				msg('Filters with warnings: {0}.', enumerate(bad.map(filterWords))),
				msg('Open the filter to see the line that proves it.'),
				'fail2ban-filters',
			);
		}
		if (waiting.length > 0) throw new CannotTell(msg('they are still being checked.'));
		return good(msg('No filter in use can be fooled by a forged line, as far as was tested.'));
	};
}
