import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take minutes: begun last, one of them would keep the others waiting for its end. */
const long =
	/\/(?:transaction|crash|attackedChanges|brokenChanges|cli|migration|jailEdit|options)\.test\.ts$/;

class LongFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
		return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
	}
}

/** Each file has its own servers, folders, ports and namespaces. Most of their time is waiting, so some run at once. */
const sideBySide = {
	// each poll of a server by fail2ban-client takes 0.1 s of processor time; much takes long while others test beside it
	expect: { poll: { interval: 300, timeout: 45_000 } },
	fileParallelism: true,
	testTimeout: 180_000,
	hookTimeout: 180_000,
};

/** They take moments; on a busy machine, some that end processes take longer than the usual 5 s. */
const quick = { testTimeout: 60_000, hookTimeout: 60_000 };

/** They install packages, which is one at a time. */
const oneByOne = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
	test: {
		sequence: { sequencer: LongFirst },
		projects: [
			{ test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node', ...quick } },
			{
				test: {
					name: 'system',
					include: ['test/system/**/*.test.ts'],
					environment: 'node',
					setupFiles: ['test/support/breathe.ts'],
					...sideBySide,
				},
			},
			{ test: { name: 'package', include: ['test/package/**/*.test.ts'], environment: 'node', ...oneByOne } },
			{
				test: { name: 'browser', include: ['test/browser/**/*.test.ts'], environment: 'node', ...sideBySide },
			},
		],
	},
});
