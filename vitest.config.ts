import { existsSync, readFileSync, statSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { servePython } from './build/python/bundlePython.ts';

/** Seconds that each file took in the last run of its project; empty before the first one. */
function lastDurations(project: string): Map<string, number> {
	const report = ['last.json', 'json']
		.map((end) => `.cache/reports/${project}.${end}`)
		.find((file) => existsSync(file));
	if (report === undefined) return new Map();
	const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
		testResults: { name: string; startTime: number; endTime: number }[];
	};
	return new Map(testResults.map(({ name, startTime, endTime }) => [name, (endTime - startTime) / 1000]));
}

/**
 * The longest files first: begun last, one of them would keep the others waiting for its end. Of a file that has not
 * run yet its length is the best guess: 5 kB take about half a minute.
 */
class LongFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const projects = [...new Set(files.map(({ project }) => project.name))];
		const known = new Map(projects.flatMap((name) => [...lastDurations(name)]));
		const seconds = ({ moduleId }: TestSpecification) => known.get(moduleId) ?? statSync(moduleId).size / 170;
		return [...files].sort((one, other) => seconds(other) - seconds(one));
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

/** The tests of one folder. */
function project(
	name: string,
	options: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
	return {
		plugins: [servePython],
		test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', ...options },
	};
}

export default defineConfig({
	test: {
		sequence: { sequencer: LongFirst },
		projects: [
			project('unit', { setupFiles: ['test/support/messageEquality.ts'], ...quick }),
			project('system', { setupFiles: ['test/support/breathe.ts'], ...sideBySide }),
			project('package', oneByOne),
			project('browser', sideBySide),
		],
	},
});
