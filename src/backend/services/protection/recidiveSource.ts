import { effectiveFilter } from '../../config/effectiveFilter.ts';
import { serverDefaults } from '../../config/fail2banDefaults.ts';
import type { JailConfig } from '../../config/layers.ts';
import { fileSource, type NeededSource, readsJournal } from './logSource.ts';
import type { NodeFacts } from './nodeFacts.ts';

export const recidive = 'recidive';

/** fail2ban logs a ban with NOTICE. */
const quiet = /^(?:CRITICAL|ERROR|WARNING)$/i;

function unavailable(reason: string): NeededSource {
	return { needed: new Map(), reason };
}

/** Where fail2ban's own log is, for the jail that watches it. */
export function recidiveSource(jails: JailConfig, facts: NodeFacts): NeededSource {
	const level = jails.serverOption('loglevel')?.value?.trim() ?? serverDefaults.loglevel;
	if (quiet.test(level))
		return unavailable(`fail2ban does not log its bans with the log level ${level}: set INFO in Options.`);
	const target = (jails.serverOption('logtarget')?.value ?? '/var/log/fail2ban.log').trim();
	if (target.startsWith('/')) {
		if (facts.isLog(target)) return fileSource(jails, recidive, target, () => false);
		return unavailable(`fail2ban's log ${target} is not there yet: start fail2ban first.`);
	}
	if (!/^(?:SYSLOG|SYSOUT|SYSTEMD-JOURNAL)\b/i.test(target))
		return unavailable(
			`fail2ban logs to ${target}, where no jail can read: set SYSLOG or a file in Options.`,
		);
	if (facts.journal !== null) {
		if (!/^SYSLOG/i.test(target) && wantsPriority(jails))
			return unavailable(
				`fail2ban logs to ${target}, where its filter recidive finds no bans: set SYSLOG or a file in Options.`,
			);
		const needed = new Map<string, string>();
		if (!readsJournal(jails, recidive, facts.journal)) needed.set('backend', facts.journal);
		return { needed, reason: null };
	}
	if (facts.daemonLog !== null && /^SYSLOG/i.test(target))
		return fileSource(jails, recidive, facts.daemonLog, () => false);
	return unavailable(`fail2ban logs to ${target}. ${facts.noJournal}`);
}

/** What fail2ban prints gets one priority in the journal, that of no notice; 1.0 looks for notices only. */
function wantsPriority(jails: JailConfig): boolean {
	const filter = effectiveFilter(jails, recidive);
	return !('error' in filter) && filter.journalmatch.flat().some((word) => word.startsWith('PRIORITY='));
}
