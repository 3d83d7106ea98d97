import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { bin, type Check, checks } from '../check/checks.ts';
import { runCheck, succeeds } from '../check/runCheck.ts';
import { fetchChroots } from '../setup/chroots.ts';
import { cache, root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';
import { setup } from '../setup/setup.ts';
import { installSystemPackages } from '../setup/systemPackages.ts';

export interface Counts {
	passed: number;
	failed: number;
	/** Names of what failed, as far as they are known. */
	failures?: readonly string[];
}

export interface Stage {
	name: string;
	/** Stages whose result this one uses. */
	needs: readonly string[];
	/** Not part of a run of all: it is slow, or needs root and Debian. */
	byName?: true;
	/** Begins at once, beside the others, and is waited for in its place. */
	ahead?: true;
	run(): Promise<Counts>;
}

const one = (good: boolean): Counts => (good ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

async function bringAll(): Promise<Counts> {
	await setup('test', (line) => console.log(line));
	return { passed: 0, failed: 0 };
}

const program = (name: string, path: string, args: readonly string[]): Stage => ({
	name,
	needs: [],
	run: async () => one(await succeeds(path, args)),
});

/** A step of `npm run check`; the types take the longest and need no other stage. */
const stageOf = (check: Check): Stage => ({
	name: check.name,
	needs: [],
	...(check.name === 'types' && { ahead: true }),
	run: async () => one(await runCheck(check)),
});

/** The Debians that the package is installed in. */
async function bringDebians(): Promise<Counts> {
	const print = (line: string) => console.log(line);
	await installSystemPackages('package test', print);
	await fetchChroots(print);
	return { passed: 0, failed: 0 };
}

interface Report {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
	success: boolean;
	testResults: {
		name: string;
		status: string;
		message: string;
		assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
	}[];
}

/** What failed or was skipped, with the first line of the reason. */
function failuresOf({ testResults }: Report): string[] {
	return testResults.flatMap(({ name, status, message, assertionResults }) => {
		const file = relative(root, name);
		const bad = assertionResults.filter((result) => result.status !== 'passed');
		if (bad.length === 0 && status !== 'passed') return [`${file}: ${firstLine(message)}`];
		return bad.map((result) => {
			const reason = result.failureMessages?.[0] ?? result.status;
			return `${file} > ${result.fullName}: ${firstLine(reason)}`;
		});
	});
}

const firstLine = (text: string) => text.split('\n', 1)[0];

/**
 * `workers` files at once. A skipped test counts as failed: nothing is skipped silently. So does a project that ran no
 * test.
 */
const vitest = (project: string, needs: readonly string[], workers = 1): Stage => ({
	name: project,
	needs,
	async run() {
		const folder = join(cache, 'reports');
		const file = join(folder, `${project}.json`);
		await mkdir(folder, { recursive: true });
		// vitest.config.ts begins with the files that took longest in the run before
		if (existsSync(file)) await rename(file, join(folder, `${project}.last.json`));
		const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
		const args = ['run', '--project', project, `--maxWorkers=${workers}`, '--minWorkers=1', ...reporters];
		const good = await succeeds(bin('vitest'), args);
		if (!existsSync(file)) {
			return one(false);
		}
		const report = JSON.parse(await readFile(file, 'utf8')) as Report;
		const passed = report.numPassedTests;
		const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests;
		const accounted = failed > 0 || (good && report.success && passed > 0);
		return { passed, failed: accounted ? failed : 1, failures: failuresOf(report) };
	},
});

/** Perl's own tests; their last line is "N passed, N failed". */
async function runPerl(): Promise<Counts> {
	const { stdout, stderr } = await run('perl', ['test/perl/run']);
	process.stdout.write(stdout + stderr);
	const [, passed = '0', failed = '1'] = /^(\d+) passed, (\d+) failed$/m.exec(stdout) ?? [];
	return { passed: Number(passed), failed: Number(failed) };
}

/** Checks whose programs come with the setup. */
const afterSetup = ['perl format', 'perl critic'];

/** In this order; the cheapest first, so that a mistake shows early. */
export const stages: readonly Stage[] = [
	...checks.filter(({ name }) => !afterSetup.includes(name)).map(stageOf),
	program('build', process.execPath, ['--import', 'tsx', 'build/build.ts']),
	vitest('unit', [], 2),
	{ name: 'setup', needs: [], ahead: true, run: bringAll },
	...checks
		.filter(({ name }) => afterSetup.includes(name))
		.map((check) => ({ ...stageOf(check), needs: ['setup'] })),
	{ name: 'perl', needs: ['build'], run: runPerl },
	// they wait for servers more than they compute
	vitest('system', ['setup', 'build'], 5),
	vitest('browser', ['setup', 'build'], 3),
	{ ...program('deb', process.execPath, ['build/deb.mjs']), byName: true },
	{ name: 'debians', needs: [], run: bringDebians, byName: true },
	{ ...vitest('package', ['deb', 'debians']), byName: true },
];
