import { loopback } from '../../addresses/addresses.ts';
import { NetworkSet } from '../../addresses/NetworkSet.ts';
import { effectiveFilter } from '../../config/effectiveFilter.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { enumerate, type Message, msg, sentences } from '../../kit/message.ts';
import type { LogInKind } from '../../runs/failedLogIns.ts';
import type { ReadText } from '../../system/SystemFiles.ts';
import { ipv4Gateways, ipv6Gateways } from '../../system/systemAddresses.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { CannotTell, type Check, good, issue } from './Check.ts';
import type { JailWatch, LogInWatch, WatchReading } from './LogInWatch.ts';
import { watched } from './LogInWatch.ts';

export interface LogInCheckDeps {
	files: ConfigFiles;
	figures: Pick<ServerFigures, 'read'>;
	watch: Pick<LogInWatch, 'read'>;
	/** Addresses with the most failures of the last week, as far as fail2ban's log counts them. */
	topAddresses: () => Promise<string[]>;
	readText: ReadText;
}

/** Each log-in that needs a jail: the filters that watch it, by name or by whose lines they read. */
const logIns: Record<
	LogInKind,
	{ what: Message; state: 'critical' | 'warning'; name: RegExp; reads: RegExp }
> = {
	web: {
		what: msg('log-ins to the web interface'),
		state: 'critical',
		name: /^(?:proxmox|pve)(?!.*(?:backup|mail|pbs|pmg|gateway))/,
		reads: /pvedaemon/,
	},
	ssh: { what: msg('log-ins by SSH'), state: 'critical', name: /^sshd$/, reads: /\bsshd\b/ },
	pam: {
		what: msg('log-ins to the system (PAM)'),
		state: 'warning',
		name: /^pam-generic$/,
		reads: /pam_unix/,
	},
};

const kinds = Object.keys(logIns) as LogInKind[];

/** The running jails that watch each kind of log-in. */
export function watchingJails(
	snapshot: ConfigSnapshot,
	running: ReadonlySet<string>,
): Record<LogInKind, string[]> {
	const found: Record<LogInKind, string[]> = { web: [], ssh: [], pam: [] };
	for (const { jail, filter } of configuredJails(snapshot)) {
		if (!running.has(jail)) continue;
		const kind = kinds.find((one) => logIns[one].name.test(filter)) ?? kindByExpressions(snapshot, jail);
		if (kind !== undefined) found[kind].push(jail);
	}
	return found;
}

/** A filter of the admin's may have any name. */
function kindByExpressions({ jails }: ConfigSnapshot, jail: string): LogInKind | undefined {
	const filter = effectiveFilter(jails, jail);
	if ('error' in filter) return undefined;
	const text = [filter.prefregex, ...filter.failregex, ...filter.journalmatch.flat()].join('\n');
	return kinds.find((kind) => logIns[kind].reads.test(text));
}

async function runningJails(figures: Pick<ServerFigures, 'read'>): Promise<Set<string>> {
	const { figures: now, failure } = await figures.read();
	if (failure !== null) throw failure;
	if (!now.running) throw new CannotTell(msg('fail2ban is not running.'));
	return new Set(now.jails.map(({ jail }) => jail));
}

export function watchedLogIns({ files, figures }: LogInCheckDeps): Check {
	return async () => {
		const { figures: now } = await figures.read();
		const snapshot = files.snapshot();
		const found = watchingJails(snapshot, new Set(now.jails.map(({ jail }) => jail)));
		const missing = kinds.filter((kind) => found[kind].length === 0);
		if (missing.length === 0)
			return good(msg('Jails watch log-ins to the web interface, by SSH and by PAM.'));
		const enabled = configuredJails(snapshot).flatMap((jail) => (jail.enabled ? [jail.jail] : []));
		const meant = watchingJails(snapshot, new Set(enabled));
		const idle = missing.every((kind) => meant[kind].length > 0);
		return issue(
			missing.some((kind) => logIns[kind].state === 'critical') ? 'critical' : 'warning',
			msg(
				'No jail watches {0}.',
				enumerate(
					missing.map((kind) => logIns[kind].what),
					4,
					'or',
				),
			),
			idle
				? msg('Jails for this are enabled, but are not running.')
				: msg('Enable or create a jail for this.'),
			'fail2ban-jails',
		);
	};
}

/** How long a check waits for the look at the logs (milliseconds). */
const answerWithinMs = 2500;

async function readWatch({ files, figures, watch }: LogInCheckDeps) {
	const running = await runningJails(figures);
	const jails = watchingJails(files.snapshot(), running);
	const all = [...new Set(kinds.flatMap((kind) => jails[kind]))];
	let timer: NodeJS.Timeout | undefined;
	const wait = new Promise((resolve) => {
		timer = setTimeout(resolve, answerWithinMs);
	});
	const reading = await watch.read(all, kinds, wait);
	clearTimeout(timer);
	if (reading === null) throw new CannotTell(msg('the logs are still being read.'));
	return { jails, reading };
}

type Verdict = { state: 'good' | 'warning' | 'critical' | 'unknown'; text: Message | null };

/**
 * Whether the jails that watch log-ins find any: each one's own filter is run over its own source. A jail that runs and
 * finds nothing looks like any other, so it is held against what the journal has of failed log-ins.
 */
export function matchingJails(deps: LogInCheckDeps): Check {
	return async () => {
		const { jails, reading } = await readWatch(deps);
		const verdicts = kinds.flatMap((kind) =>
			jails[kind].map((jail) => verdict(jail, kind, reading.jails.get(jail), reading)),
		);
		if (verdicts.length === 0) return null;
		const bad = verdicts.filter(({ state }) => state === 'critical' || state === 'warning');
		if (bad.length > 0)
			return issue(
				bad.some(({ state }) => state === 'critical') ? 'critical' : 'warning',
				sentences(bad.flatMap(({ text }) => text ?? [])),
				msg('Open the jail, Log Source, Test: it shows what the jail reads and what its filter finds.'),
				'fail2ban-jails',
			);
		const unknown = verdicts.filter(({ state }) => state === 'unknown');
		if (unknown.length > 0) throw new CannotTell(sentences(unknown.flatMap(({ text }) => text ?? [])));
		return good(msg('Jails find failed log-ins: {0}.', enumerate(kinds.flatMap((kind) => jails[kind]))));
	};
}

function verdict(
	jail: string,
	kind: LogInKind,
	watch: JailWatch | undefined,
	{ failed }: WatchReading,
): Verdict {
	if (watch === undefined) return { state: 'unknown', text: msg("Jail '{0}' was not checked.", jail) };
	if (watch.fault !== null) return { state: 'unknown', text: msg("Jail '{0}': {1}", jail, watch.fault) };
	if (watch.matched > 0) return { state: 'good', text: null };
	const seen = failed.get(kind) ?? null;
	const { state, what } = logIns[kind];
	if (seen !== null && !(seen instanceof Error) && watch.journal && watch.complete) {
		const when = new Date(seen.time * 1000).toISOString().slice(0, 16).replace('T', ' ');
		return {
			state,
			text:
				watch.lines === 0
					? // TRANSLATORS: {1}: "log-ins by SSH" and the like
						msg("Jail '{0}' reads none of the failed {1} (last: {2} UTC).", jail, what, when)
					: // TRANSLATORS: {1}: "log-ins by SSH" and the like
						msg("Jail '{0}' finds none of the failed {1} (last: {2} UTC).", jail, what, when),
		};
	}
	if (watch.lines === 0 && watch.journal)
		return {
			state: 'warning',
			text: msg(
				"Jail '{0}' reads nothing: no journal entry of the last {1} days fits its match.",
				jail,
				watched.days,
			),
		};
	return {
		state: 'unknown',
		text: watch.complete
			? msg("Jail '{0}' found no failed log-in in the last {1} days; try Test Detection.", jail, watched.days)
			: msg(
					"Jail '{0}' found no failed log-in in its newest {1} lines; try Test Detection.",
					jail,
					watch.lines,
				),
	};
}

/**
 * Behind a proxy or NAT all log-ins seem to come from one address, and its ban would hit everyone. fail2ban's log leaves
 * out whom a jail ignores, and loopback always is, so the jails' sources are asked too.
 */
export function realAddresses(deps: LogInCheckDeps): Check {
	return async () => {
		const { readText, topAddresses } = deps;
		const top = await topAddresses();
		const { jails, reading } = await readWatch(deps).catch((error: unknown) => {
			// what fail2ban's log says may be enough
			if (top.some((address) => isShared(address, gateways(readText)))) return { jails: null, reading: null };
			throw error;
		});
		const lists = jails === null ? [] : [...jails.web, ...jails.ssh].map((jail) => reading.jails.get(jail));
		const seen = new Set([...top, ...lists.flatMap((list) => list?.addresses ?? [])]);
		if (seen.size === 0) throw new CannotTell(msg('no failed log-in is known yet.'));
		const shared = [...seen].filter((address) => isShared(address, gateways(readText)));
		if (shared.length === 0) return good(msg('Failed log-ins come from different addresses.'));
		return issue(
			'warning',
			msg(
				'Failed log-ins come from {0}: a reverse proxy or NAT hides the real address, and a ban would hit everyone.',
				enumerate(shared),
			),
			msg('Add the address to the ignore list, and ban where the real address is known.'),
			'fail2ban-ignore',
		);
	};
}

function gateways(readText: ReadText): string[] {
	return [
		...ipv4Gateways(readText('/proc/net/route') ?? ''),
		...ipv6Gateways(readText('/proc/net/ipv6_route') ?? ''),
	];
}

/** An address that others hide behind. */
function isShared(address: string, shared: readonly string[]): boolean {
	return new NetworkSet([...loopback, ...shared]).covers(address);
}
