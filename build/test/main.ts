import { type Counts, type Stage, stages } from './stages.ts';

/** Runs the stages named on the command line with what they need, or all usual ones; ends in one line of counts. */
async function main(names: readonly string[]): Promise<void> {
	const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
	if (unknown.length > 0) {
		throw new Error(
			`No stage ${unknown.join(', ')}; there are: ${stages.map(({ name }) => name).join(', ')}.`,
		);
	}
	const chosen = stages.filter(
		({ name, byName }) =>
			(names.length === 0 && !byName) ||
			names.includes(name) ||
			stages.some((stage) => names.includes(stage.name) && stage.needs.includes(name)),
	);
	const total: Counts = { passed: 0, failed: 0 };
	const broken: string[] = [];
	const ahead = new Map(chosen.flatMap((stage) => (stage.ahead ? [[stage, outcome(stage)]] : [])));
	for (const stage of chosen) {
		console.log(`==> ${stage.name}`);
		const { passed, failed, failures = [] } = await (ahead.get(stage) ?? outcome(stage));
		total.passed += passed;
		total.failed += failed;
		if (failed > 0) {
			broken.push(stage.name, ...failures.map((failure) => `  ${failure}`));
		}
	}
	if (broken.length > 0) {
		console.log(`Failed:\n${broken.join('\n')}`);
	}
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function outcome(stage: Stage): Promise<Counts> {
	const start = Date.now();
	try {
		return await stage.run();
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		return { passed: 0, failed: 1 };
	} finally {
		console.log(`    ${stage.name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
	}
}

try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
