import { effectiveFilter } from '../../config/effectiveFilter.ts';
import { serverDefaults } from '../../config/fail2banDefaults.ts';
import type { JailConfig } from '../../config/layers.ts';
import { type Message, msg, sentences } from '../../kit/message.ts';
import { fileSource, type NeededSource, readsJournal } from './logSource.ts';
import type { NodeFacts } from './nodeFacts.ts';

export const recidive = 'recidive';

/** fail2ban logs a ban with NOTICE. */
const quiet = /^(?:CRITICAL|ERROR|WARNING)$/i;

function unavailable(reason: Message): NeededSource {
	return { needed: new Map(), reason };
}

/** Where fail2ban's own log is, for the jail that watches it. */
export function recidiveSource(jails: JailConfig, facts: NodeFacts): NeededSource {
	const level = jails.serverOption('loglevel')?.value?.trim() ?? serverDefaults.loglevel;
	if (quiet.test(level))
		return unavailable(
			msg('With log level {0}, fail2ban does not log its bans. Select INFO in Options.', level),
		);
	const target = (jails.serverOption('logtarget')?.value ?? '/var/log/fail2ban.log').trim();
	if (target.startsWith('/')) {
		if (facts.isLog(target)) return fileSource(jails, recidive, target, () => false);
		return unavailable(msg("fail2ban's log {0} does not exist yet. Start fail2ban first.", target));
	}
	if (!/^(?:SYSLOG|SYSOUT|SYSTEMD-JOURNAL)\b/i.test(target))
		return unavailable(
			msg('fail2ban logs to {0}, which no jail can read. Set SYSLOG or a file in Options.', target),
		);
	if (facts.journal !== null) {
		if (!/^SYSLOG/i.test(target) && wantsPriority(jails))
			return unavailable(
				msg(
					'fail2ban logs to {0}, where its filter recidive finds no bans. Set SYSLOG or a file in Options.',
					target,
				),
			);
		const needed = new Map<string, string>();
		if (!readsJournal(jails, recidive, facts.journal)) needed.set('backend', facts.journal);
		return { needed, reason: null };
	}
	if (facts.daemonLog !== null && /^SYSLOG/i.test(target))
		return fileSource(jails, recidive, facts.daemonLog, () => false);
	return unavailable(sentences([msg('fail2ban logs to {0}.', target), facts.noJournal]));
}

/** What fail2ban prints gets one priority in the journal, that of no notice; 1.0 looks for notices only. */
function wantsPriority(jails: JailConfig): boolean {
	const filter = effectiveFilter(jails, recidive);
	return !('error' in filter) && filter.journalmatch.flat().some((word) => word.startsWith('PRIORITY='));
}
