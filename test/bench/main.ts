/** Measures the limits of the design against a real fail2ban: npm run bench. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../../build/setup/paths.ts';
import { mustRun } from '../../build/setup/run.ts';
import { setup } from '../../build/setup/setup.ts';
import { type Release, releases } from '../support/fail2ban.ts';
import { ownTemporaryFolder } from './cleanUp.ts';
import type { Bench } from './context.ts';
import { between, figuresText, growthText, type Header, type Result } from './document.ts';
import { cells, figureOf, type Measurement, textTable, withHoles } from './figures.ts';
import { goals, type PartName, parts } from './goals.ts';
import { measureGrowth } from './growth.ts';
import { measureEnforcement } from './measureEnforcement.ts';
import { measureHelper } from './measureHelper.ts';
import { measureManyBans, measureManyJails } from './measureLoads.ts';
import { measureLogs } from './measureLogs.ts';
import { measurePanel } from './measurePanel.ts';
import { measureSizes } from './measureSizes.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { plotSvg } from './plot.ts';

const print = (line: string) => console.log(`==> ${line}`);

const measure: Record<PartName, (bench: Bench) => Promise<Measurement[]>> = {
	helper: measureHelper,
	jails: measureManyJails,
	bans: measureManyBans,
	enforcement: measureEnforcement,
	logs: measureLogs,
	panel: measurePanel,
	sizes: measureSizes,
};

function chosenRelease(version: string | null): Release {
	const all = releases();
	const found = version === null ? all.at(-1) : all.find((each) => each.version === version);
	if (found === undefined) throw new Error(`fail2ban ${version} is not there`);
	return found;
}

function headerOf({ version }: Release, quick: boolean): Header {
	return {
		date: new Date().toISOString(),
		machine: cpus()[0]?.model.trim() ?? 'unknown',
		processors: cpus().length,
		memory: Math.round(totalmem() / 2 ** 20),
		node: process.versions.node,
		fail2ban: version,
		load: loadavg()[0] ?? 0,
		quick,
	};
}

async function run(options: BenchOptions): Promise<void> {
	await setup('test', print);
	print('building');
	await mustRun(process.execPath, ['--import', 'tsx', 'build/build.ts'], { cwd: root });
	const release = chosenRelease(options.release);
	const header = headerOf(release, options.quick);
	const bench: Bench = {
		release,
		scaled: (size) => (options.quick ? Math.ceil(size / 10) : size),
	};
	print(`fail2ban ${release.version}, load ${header.load.toFixed(1)} on ${header.processors} processors`);
	const measurements: Measurement[] = [];
	const failures: Partial<Record<PartName, string>> = {};
	const began = Date.now();
	const since = () => `${Math.round((Date.now() - began) / 1000)} s`;
	for (const part of options.parts) {
		print(`${since()}: ${part}: ${parts[part]}`);
		try {
			measurements.push(...(await measure[part](bench)));
		} catch (error) {
			// the others are worth their time; its goals are named as not measured, and the exit code says it
			failures[part] = error instanceof Error ? error.message : String(error);
			console.error(error);
			process.exitCode = 1;
		}
	}
	const growth = options.growth ? await measureGrowth(bench, (line) => print(`${since()}: ${line}`)) : [];
	const figures = withHoles(measurements, options.parts, failures).map((each) =>
		figureOf(each, !options.quick || (each.goal !== undefined && goals[each.goal].part === 'sizes')),
	);
	const result: Result = { header, figures, growth };
	if (options.json !== null) await writeFile(options.json, `${JSON.stringify(result, null, '\t')}\n`);
	if (figures.length > 0) console.log(`\n${textTable(figures.map(cells))}`);
	const missed = figures.filter(({ met }) => met === false).length;
	print(`${since()}: ${figures.length} figures, ${missed} goals missed`);
}

/** Fills docs/performance.md and draws its plot. */
async function document(files: readonly string[]): Promise<void> {
	const results: Result[] = [];
	for (const file of files) results.push(JSON.parse(await readFile(file, 'utf8')) as Result);
	const page = join(root, 'docs/performance.md');
	let text = await readFile(page, 'utf8');
	const figures = figuresText(results);
	if (figures !== '') text = between(text, 'figures', figures);
	const grown = results.find(({ growth }) => growth.length > 0);
	if (grown !== undefined) {
		text = between(text, 'growth', growthText(results, 'performance.svg'));
		await writeFile(join(root, 'docs/performance.svg'), plotSvg(grown.growth));
	}
	await writeFile(page, text);
}

function requested(args: readonly string[]): ReturnType<typeof readOptions> {
	try {
		return readOptions(args);
	} catch (error) {
		throw new Error(`${(error as Error).message}\n"npm run bench -- --help" lists the options.`);
	}
}

async function main(args: readonly string[]): Promise<void> {
	const request = requested(args);
	if (request.kind === 'help') console.log(usage);
	else if (request.kind === 'document') await document(request.files);
	else {
		const remove = ownTemporaryFolder();
		try {
			await run(request);
		} finally {
			remove();
		}
	}
}

try {
	await main(process.argv.slice(2));
	// what a library keeps open must not keep the process
	process.exit();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exit(2);
}
