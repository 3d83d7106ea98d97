import { join } from 'node:path';
import type { PrivateFail2ban } from '../support/fail2ban.ts';
import { programTime } from './timing.ts';

/**
 * Milliseconds of one real fail2ban-client, a fresh Python process, as a page or a script without us would start it.
 * `PrivateFail2ban.client` is no measure: for the sake of the tests a process that stays gives its answers.
 */
export function clientTime(fail2ban: PrivateFail2ban, ...words: string[]): Promise<number> {
	const place = ['-c', fail2ban.config, '-s', fail2ban.socket, '-p', join(fail2ban.dir, 'fail2ban.pid')];
	return programTime(join(fail2ban.release.bin, 'fail2ban-client'), [...place, ...words]);
}

/** Milliseconds of one such process per jail, one after the other. */
export async function clientsTime(
	fail2ban: PrivateFail2ban,
	jails: readonly string[],
	words: (jail: string) => string[],
): Promise<number> {
	let whole = 0;
	for (const jail of jails) whole += await clientTime(fail2ban, ...words(jail));
	return whole;
}
