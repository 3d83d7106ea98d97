import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import type { HelperAnswer } from '../support/helper.ts';

export interface Times {
	median: number;
	max: number;
}

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

export async function repeated(times: number, work: (n: number) => Promise<unknown>): Promise<Times> {
	const all: number[] = [];
	for (let n = 0; n < times; n++) all.push(await timed(() => work(n)));
	return summary(all);
}

export function summary(all: readonly number[]): Times {
	const sorted = [...all].sort((a, b) => a - b);
	return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The data of an answer. Throws if the call failed. */
export async function data(call: Promise<HelperAnswer>): Promise<any> {
	const { status, body } = await call;
	if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
	return body.data;
}

/**
 * Milliseconds of a program from its start to its end, what it prints thrown away. grep ends with 1 when it finds
 * nothing, hence `allowed`.
 */
export function programTime(program: string, args: readonly string[], allowed = [0]): Promise<number> {
	return timed(
		() =>
			new Promise<void>((resolve, reject) => {
				const child = spawn(program, args, { stdio: 'ignore' });
				child.on('error', reject);
				child.on('close', (exit) =>
					exit !== null && allowed.includes(exit)
						? resolve()
						: reject(new Error(`${program} ${args.slice(0, 4).join(' ')}: exit ${exit}`)),
				);
			}),
	);
}
