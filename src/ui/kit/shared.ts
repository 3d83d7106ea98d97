/**
 * Modules of the main script that the script of the windows uses as well; build/ui.ts fills this in, so that they
 * are loaded, and hold their state, once.
 */
export const shared: readonly object[] = [];
