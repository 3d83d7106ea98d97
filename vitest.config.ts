import { defineConfig } from 'vitest/config';

/** System and browser tests share real servers and ports of this machine, so their files run one by one. */
const serial = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
	test: {
		projects: [
			{ test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' } },
			{ test: { name: 'system', include: ['test/system/**/*.test.ts'], environment: 'node', ...serial } },
			{ test: { name: 'package', include: ['test/package/**/*.test.ts'], environment: 'node', ...serial } },
			{ test: { name: 'browser', include: ['test/browser/**/*.test.ts'], environment: 'node', ...serial } },
		],
	},
});
