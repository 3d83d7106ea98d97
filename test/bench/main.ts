/** Measures the limits of the design against a real fail2ban: npm run bench. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../build/setup/paths.ts';
import { ownTemporaryFolder } from './cleanUp.ts';
import { between, figuresText, growthText, type Result } from './document.ts';
import { readOptions, usage } from './options.ts';
import { plotSvg } from './plot.ts';

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
			// with all that it measures, which nobody needs for the rest
			const { run } = await import('./run.ts');
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
