import { effectiveFilter } from '../../config/effectiveFilter.ts';
import type { JailConfig } from '../../config/layers.ts';
import { pamGuard, sshdGuard } from '../../config/shippedFilterGuards.ts';
import type { NeededOptions } from './logSource.ts';

const guards = new Map([
	['sshd', sshdGuard],
	['pam-generic', pamGuard],
]);

/**
 * What a jail with a filter of fail2ban's own needs so that nobody can name the address that is banned. Expressions of
 * the admin stay, ours come behind them; a journalmatch in a .local file stays.
 * @param journal whether the jail reads the journal
 */
export function guardOptions(jails: JailConfig, jail: string, journal: boolean): NeededOptions {
	const needed = new Map<string, string>();
	const guard = guards.get(jail);
	const filter = effectiveFilter(jails, jail);
	// the guard knows the expressions of this filter only
	if (guard === undefined || 'error' in filter || filter.name !== jail) return needed;
	const missing = guard.ignoreregex.filter((expression) => !filter.ignoreregex.includes(expression));
	if (missing.length > 0) {
		const lines = [...filter.ignoreregex, ...missing].map((line) => line.replaceAll('%', '%%'));
		needed.set('ignoreregex', lines.join('\n'));
	}
	const own = jails.option(jail, 'journalmatch');
	if (journal && !own?.file.endsWith('.local')) needed.set('journalmatch', guard.journalmatch);
	return needed;
}

/** Whether a jail adds all to its shipped filter that keeps a user name from naming the address. */
export function isGuarded(jails: JailConfig, jail: string, name: string): boolean {
	const guard = guards.get(name);
	const filter = guard === undefined ? null : effectiveFilter(jails, jail);
	if (guard === undefined || filter === null || 'error' in filter || filter.name !== name) return false;
	return guard.ignoreregex.every((expression) => filter.ignoreregex.includes(expression));
}
