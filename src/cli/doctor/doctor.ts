import type { Console, ExitCode } from '../kit/Console.ts';
import { type Check, checks } from './checks.ts';
import type { Probes } from './Probes.ts';

/** Prints a line for each part, and what to do below it; 1 if there is an error. */
export async function doctor(probes: Probes, console: Console): Promise<ExitCode> {
	const found = await checks(probes);
	for (const line of checkLines(found)) console.out(line);
	return found.some(({ state }) => state === 'error') ? 1 : 0;
}

export function checkLines(found: readonly Check[]): string[] {
	const width = Math.max(...found.map(({ part }) => part.length));
	const lines = found.flatMap(({ state, part, found: text, advice }) => [
		`${state.padEnd('warning'.length)}  ${part.padEnd(width)}  ${text}`,
		...(advice === undefined
			? []
			: [`${' '.repeat('warning'.length + 2)}${' '.repeat(width)}  -> ${advice}`]),
	]);
	const count = (wanted: Check['state']) => found.filter(({ state }) => state === wanted).length;
	const [errors, warnings] = [count('error'), count('warning')];
	return [
		...lines,
		`${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
	];
}
