import type { ChangeGuard } from './files/ChangeGuard.ts';
import { BanGuard } from './services/lockout/BanGuard.ts';
import type { JailPreviews } from './services/lockout/JailPreviews.ts';

/** Makes the guard of a transaction. */
export type MakeGuard = (previews: JailPreviews) => ChangeGuard;

/** For the panel, where a change that may lock the caller out waits for a confirmation. */
export const panelGuard: MakeGuard = (previews) => new BanGuard(previews);

/** For the console, where nobody could confirm: it refuses the same, but a ban does not lock the console out. */
export const consoleGuard: MakeGuard = (previews) => {
	const guard = new BanGuard(previews);
	return {
		async judge(change) {
			await guard.judge(change);
			return null;
		},
	};
};
