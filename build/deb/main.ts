import { installSystemPackages } from '../setup/systemPackages.ts';
import { buildDeb } from './buildDeb.ts';
import { runLintian } from './lintian.ts';

const print = (line: string) => console.log(`==> ${line}`);

try {
	await installSystemPackages('package', print);
	const deb = await buildDeb(print);
	await runLintian(deb, print);
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
