import type { FilterRow } from '../../../contract/types.ts';
import { parseTime } from '../../config/time.ts';
import type { BannedAddress, IsEnforced } from '../../fail2ban/firewall.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { contains, formatNetwork, isSingle, parseNetwork } from '../addresses.ts';
import type { BanCache } from '../banCache.ts';
import { configuredJails } from '../configuredJails.ts';
import { EditedConfig } from '../EditedConfig.ts';
import { ignorePlace } from '../ignorePlan.ts';
import type { ServerFigures } from '../serverFigures.ts';
import type { ReadText } from '../serverProcess.ts';
import { ipv4Gateways, ipv6Gateways } from '../systemAddresses.ts';
import { type Check, enumerate, finding, good } from './Check.ts';

export interface JailCheckDeps {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read'>;
	bans: Pick<BanCache, 'table'>;
	isEnforced: IsEnforced;
	readText: ReadText;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	/** `enabled`, `disabled` …, as systemd says of fail2ban.service; null: it is not started by systemd here. */
	bootState: () => Promise<string | null>;
	/** The server's dbpurgeage in seconds; null: it has no database. */
	purgeAge: () => Promise<number | null>;
	/** Filters with their warnings. */
	filters: () => Promise<FilterRow[]>;
	/** Addresses with the most failures of the last week. */
	topAddresses: () => Promise<string[]>;
	/** What must never be banned. */
	precious: () => Promise<{ address: string; what: string }[]>;
}

/** Each log-in that needs a jail: the filters that watch it. */
const logIns = [
	{ what: 'log-ins to the web interface', state: 'critical', filters: /^(proxmox|pve)/ },
	{ what: 'log-ins by SSH', state: 'critical', filters: /^sshd$/ },
	{ what: "the system's own log-ins (PAM)", state: 'warning', filters: /^pam-generic$/ },
] as const;

export function service({ figures, bootState }: JailCheckDeps): Check {
	return async () => {
		const { figures: now } = await figures.read();
		if (!now.running)
			return finding('critical', 'fail2ban does not run.', 'Start it in the Overview.', 'fail2ban');
		const boot = await bootState();
		if (boot !== null && boot !== 'enabled')
			return finding(
				'warning',
				`fail2ban runs, but systemd does not start it at boot (${boot}).`,
				"Run 'systemctl enable fail2ban' in the node's shell.",
			);
		return good('fail2ban runs, and is started at boot.');
	};
}

export function watchedLogIns({ files, figures }: JailCheckDeps): Check {
	return async () => {
		const { figures: now } = await figures.read();
		const running = new Set(now.jails.map(({ jail }) => jail));
		const watched = configuredJails(files.snapshot()).filter(({ jail }) => running.has(jail));
		const missing = logIns.filter(({ filters }) => !watched.some(({ filter }) => filters.test(filter)));
		if (missing.length === 0) return good('Jails watch log-ins to the web interface, by SSH and by PAM.');
		const worst = missing.some(({ state }) => state === 'critical') ? 'critical' : 'warning';
		return finding(
			worst,
			`No jail watches ${enumerate(missing.map(({ what }) => what))}.`,
			'Enable or create a jail for it.',
			'fail2ban-jails',
		);
	};
}

/** Bans of each jail that are looked up in the firewall. */
const sample = 5;

/** Looks some of the newest bans of each jail up in the firewall. */
export function enforced({ bans, isEnforced }: JailCheckDeps): Check {
	return async () => {
		const table = await bans.table();
		const looked = new Map<string, BannedAddress[]>();
		for (const row of table.find({}, 'since', true)) {
			const { jail, ip } = table.row(row);
			const known = looked.get(jail) ?? [];
			const network = parseNetwork(ip);
			if (network === null || known.length >= sample) continue;
			const single = isSingle(network);
			looked.set(jail, [...known, { text: formatNetwork(network), family: network.family, single }]);
		}
		const open: string[] = [];
		let known = 0;
		for (const [jail, addresses] of looked) {
			const answers = await Promise.all(addresses.map((address) => isEnforced(jail, address)));
			known += answers.filter((answer) => answer !== null).length;
			if (answers.includes(false)) open.push(jail);
		}
		if (open.length > 0)
			return finding(
				'critical',
				`The firewall lets banned addresses in: bans of ${enumerate(open)} are not enforced.`,
				'Restart the jail: its bans are set again. Something else may have emptied the firewall.',
				'fail2ban-jails',
			);
		if (known === 0)
			return looked.size === 0
				? good('Nobody is banned, so there is nothing to enforce.')
				: finding(
						'warning',
						'Whether the firewall enforces the bans cannot be seen: no jail uses nftables, iptables or ipset.',
						'Choose a firewall action as Ban Action in Options.',
						'fail2ban-options',
					);
		return good(`The firewall holds the bans that were looked up (${known}).`);
	};
}

function ignoredIn(config: EditedConfig, jail: string, address: string): boolean {
	const wanted = parseNetwork(address);
	if (wanted === null) return true;
	const place = ignorePlace(config, jail) ?? ignorePlace(config, null);
	return (place?.effective ?? []).some((entry) => {
		const network = parseNetwork(entry);
		return network !== null && contains(network, wanted);
	});
}

/** The address of the browser is a hint only: behind a proxy it may be another. */
export function callerIgnored({ files, ownAddresses }: JailCheckDeps, client: string | null): Check {
	return () => {
		const wanted = client === null ? null : parseNetwork(client);
		if (client === null || wanted === null) return null;
		const snapshot = files.snapshot();
		const jails = enabledJails(snapshot);
		const open = jails.filter((jail) => !ignoredIn(new EditedConfig(snapshot), jail, client));
		const own = ['127.0.0.0/8', '::1', ...ownAddresses()].some((each) => {
			const network = parseNetwork(each);
			return network !== null && contains(network, wanted);
		});
		if (own) return good(`Your address ${client} is this node's own, which is never banned.`);
		if (open.length === 0) return good(`Your address ${client} is on the ignore list.`);
		return finding(
			'warning',
			`Your address ${client} is not on the ignore list: wrong passwords can lock you out.`,
			'Add My Address on the Ignore List card.',
			'fail2ban-ignore',
		);
	};
}

function enabledJails(snapshot: ConfigSnapshot): string[] {
	return configuredJails(snapshot).flatMap(({ jail, enabled }) => (enabled ? [jail] : []));
}

export function preciousIgnored({ files, precious }: JailCheckDeps): Check {
	return async () => {
		const wanted = (await precious()).filter(({ address }) => parseNetwork(address) !== null);
		if (wanted.length === 0) return null;
		const snapshot = files.snapshot();
		const config = new EditedConfig(snapshot);
		const jails = enabledJails(snapshot);
		const open = wanted.filter(({ address }) => jails.some((jail) => !ignoredIn(config, jail, address)));
		if (open.length === 0)
			return good('All cluster, migration and storage addresses are ignored in every jail.');
		return finding(
			'warning',
			`Could be banned: ${enumerate(open.map(({ address, what }) => `${address} (${what})`))}.`,
			'Add them to the ignore list, for all jails.',
			'fail2ban-ignore',
		);
	};
}

/** Behind a proxy or NAT all log-ins seem to come from one address, and its ban would hit everyone. */
export function realAddresses({ topAddresses, readText }: JailCheckDeps): Check {
	return async () => {
		const seen = await topAddresses();
		const gateways = new Set([
			...ipv4Gateways(readText('/proc/net/route') ?? ''),
			...ipv6Gateways(readText('/proc/net/ipv6_route') ?? ''),
		]);
		const shared = seen.filter(
			(address) => address.startsWith('127.') || address === '::1' || gateways.has(address),
		);
		if (shared.length === 0) return good('Failed log-ins come from addresses of their own.');
		return finding(
			'warning',
			`Failed log-ins come from ${enumerate(shared)}: a reverse proxy or NAT hides who fails, and a ban would hit everyone.`,
			'Add the address to the ignore list, and ban where the real address is known.',
			'fail2ban-ignore',
		);
	};
}

export function keptLongEnough({ files, purgeAge }: JailCheckDeps): Check {
	return async () => {
		const age = await purgeAge();
		if (age === null)
			return finding(
				'warning',
				'fail2ban has no database: a restart forgets all bans.',
				'Set a database file in fail2ban.local.',
				'fail2ban-options',
			);
		const jails = configuredJails(files.snapshot()).filter(({ enabled }) => enabled);
		const longer = jails.filter(({ findtime }) => (parseTime(findtime) ?? 0) > age);
		if (longer.length === 0) return good("fail2ban's database keeps bans longer than every jail looks back.");
		return finding(
			'warning',
			`fail2ban's database forgets sooner than ${enumerate(longer.map(({ jail }) => jail))} looks back (Find Time).`,
			'Raise Keep Bans For in Options.',
			'fail2ban-options',
		);
	};
}

const kindWords: Record<string, string> = {
	injectable: 'a user name can forge the address',
	slow: 'slow on a crafted line',
	broken: 'does not compile',
	nohost: 'finds no address',
};

export function soundFilters({ filters }: JailCheckDeps): Check {
	return async () => {
		const used = (await filters()).filter(({ usedBy }) => usedBy.some(({ enabled }) => enabled));
		const waiting = used.filter(({ warnings }) => warnings === null);
		const bad = used.filter(({ warnings }) => (warnings ?? 0) > 0);
		if (bad.length > 0) {
			const words = bad.map(
				({ name, kinds }) => `${name} (${kinds.map((kind) => kindWords[kind] ?? kind).join('; ')})`,
			);
			return finding(
				bad.some(({ kinds }) => kinds.some((kind) => kind === 'broken' || kind === 'nohost'))
					? 'critical'
					: 'warning',
				`Filters with warnings: ${enumerate(words)}.`,
				'Open the filter to see the line that proves it.',
				'fail2ban-filters',
			);
		}
		if (waiting.length > 0) throw new Error('The filters are still being looked at.');
		return good('No filter in use can be fooled by a forged line, as far as was tried.');
	};
}
