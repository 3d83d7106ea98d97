import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { root } from '../../build/setup/paths.ts';
import { mustRun } from '../../build/setup/run.ts';
import { setup } from '../../build/setup/setup.ts';
import { type Release, releases } from '../support/fail2ban.ts';
import type { Bench } from './context.ts';
import type { Header, Result } from './document.ts';
import { cells, figureOf, type Measurement, textTable, withHoles } from './figures.ts';
import { goals, type PartName, parts } from './goals.ts';
import { measureGrowth } from './growth.ts';
import { measureEnforcement } from './measureEnforcement.ts';
import { measureHelper } from './measureHelper.ts';
import { measureManyBans, measureManyJails } from './measureLoads.ts';
import { measureLogs } from './measureLogs.ts';
import { measurePanel } from './measurePanel.ts';
import { measureSizes } from './measureSizes.ts';
import type { BenchOptions } from './options.ts';

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

/** Measures what the options name, prints it, and writes it as JSON. */
export async function run(options: BenchOptions): Promise<void> {
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
