import { fetchExtjs } from './extjs.ts';
import { unpackFail2ban } from './fail2ban.ts';
import { installSystemPackages, type Purpose } from './systemPackages.ts';

/** Brings everything that npm does not: Debian packages, both releases of fail2ban, ExtJS. Idempotent. */
export async function setup(purpose: Purpose, print: (line: string) => void): Promise<void> {
	await installSystemPackages(purpose, print);
	await unpackFail2ban(print);
	await fetchExtjs(print);
}
