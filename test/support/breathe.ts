import { setImmediate as turn } from 'node:timers/promises';
import { afterEach } from 'vitest';

// tests that wait for Python without a break keep the worker from answering the runner, which gives it up after a minute
afterEach(async () => {
	await turn();
});
