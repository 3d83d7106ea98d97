import type { Release } from '../support/fail2ban.ts';

/** What all parts need. */
export interface Bench {
	release: Release;
	/** A quick run does with a tenth. */
	scaled(size: number): number;
}
