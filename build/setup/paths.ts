import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's top folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What setup downloads; safe to delete, it is made again. */
export const cache = join(root, '.cache');
