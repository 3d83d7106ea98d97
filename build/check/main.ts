import { checks } from './checks.ts';
import { runCheck } from './runCheck.ts';

// npm run check [-- NAME…]: all checks, or those named; goes on after one that fails, so that one run shows all.
const names = process.argv.slice(2);
const unknown = names.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
	console.error(`No check ${unknown.join(', ')}; there are: ${checks.map(({ name }) => name).join(', ')}.`);
	process.exit(1);
}
const failed: string[] = [];
for (const check of checks.filter(({ name }) => names.length === 0 || names.includes(name))) {
	console.log(`==> ${check.name}`);
	if (!(await runCheck(check))) failed.push(check.name);
}
if (failed.length > 0) {
	console.log(`Failed: ${failed.join(', ')}`);
	process.exitCode = 1;
}
