import type { JailRow } from '../../../contract/types.ts';
import type { JailCounters } from '../../fail2ban/Fail2banServer.ts';
import { type Message, told, toldText } from '../../kit/message.ts';
import type { ConfiguredJail } from '../edit/configuredJails.ts';
import { type Comparison, lostActions } from '../server/ConfigCheck.ts';
import { problemsOf } from '../server/problems.ts';

const none = { failed: 0, totalFailed: 0, banned: 0, totalBanned: 0 };

/** A jail that runs though no file has it any more, or yet. */
function unconfigured(jail: string): ConfiguredJail {
	return {
		jail,
		enabled: false,
		filter: '',
		backend: '',
		bantime: '',
		findtime: '',
		maxretry: null,
		source: '',
		stock: false,
		'own-options': 0,
	};
}

/** Whether a running jail has its configured actions; null: not known. */
function enforcing(jail: string, check: Comparison | null): boolean | null {
	if (!check?.differences) return null;
	return !check.differences.some((difference) => difference.jail === jail && lostActions(difference));
}

/** Where the jail reads from, as fail2ban resolved it; the files cannot tell what its filter adds. */
function sourceOf(jail: string, check: Comparison | null): string {
	const commands = check?.configured?.get(jail);
	if (commands === undefined) return '';
	return commands.backend.startsWith('systemd')
		? commands.journalmatches.join(' + ')
		: commands.logpaths.join(' ');
}

/**
 * A row for each jail, sorted by name.
 * @param options.all also those that are neither enabled nor running
 * @param options.up the server runs and answers, so that a jail which is missing does not run
 * @param options.lost what the firewall lost of a jail, as far as it was looked at
 */
export function jailRows(
	configured: readonly ConfiguredJail[],
	counters: readonly JailCounters[],
	check: Comparison | null,
	{ all, up, lost }: { all: boolean; up: boolean; lost?: (jail: string) => Message | null },
): JailRow[] {
	const running = new Map(counters.map((counter) => [counter.jail, counter]));
	const names = new Set(configured.map(({ jail }) => jail));
	const extra = counters.filter(({ jail }) => !names.has(jail)).map(({ jail }) => unconfigured(jail));
	const problems = problemsOf({
		running: up,
		silent: false,
		enabled: configured.filter(({ enabled }) => enabled).map(({ jail }) => jail),
		jails: [...running.keys()],
		check,
		files: [],
	});
	return [...configured, ...extra]
		.filter(({ jail, enabled }) => all || enabled || running.has(jail))
		.sort((a, b) => (a.jail < b.jail ? -1 : 1))
		.map((row) => {
			const { jail, source } = row;
			const counted = running.get(jail);
			const { failed, totalFailed, banned, totalBanned } = counted ?? none;
			const gone = counted === undefined || banned === 0 ? null : (lost?.(jail) ?? null);
			const problem = problems.find((one) => one.jail === jail);
			return told({
				...row,
				running: counted !== undefined,
				enforcing: counted === undefined ? null : gone === null && enforcing(jail, check),
				banned,
				'total-banned': totalBanned,
				failed,
				'total-failed': totalFailed,
				source: sourceOf(jail, check) || source,
				problem: problem === undefined ? gone : toldText(problem),
			});
		});
}
