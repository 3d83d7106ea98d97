import { parseArgs } from 'node:util';
import { versions } from '../../build/setup/fail2ban.ts';
import { type PartName, parts } from './goals.ts';

export interface BenchOptions {
	/** Parts to measure, in the order of their table; none with --growth alone. */
	parts: PartName[];
	growth: boolean;
	quick: boolean;
	/** Version of fail2ban; null: the newest. */
	release: string | null;
	/** Where the result is written; null: nowhere. */
	json: string | null;
}

/** What the command line asks for. */
export type Request =
	| ({ kind: 'run' } & BenchOptions)
	| { kind: 'document'; files: string[] }
	| { kind: 'help' };

export const allParts = Object.keys(parts) as PartName[];

export const usage = `Usage: npm run bench -- [options]
  --only PART        measure only this part; may be repeated, or a list with commas
  --growth           measure how times grow with bans, jails and logs; alone, or beside the parts of --only
  --json FILE        also write the result to FILE
  --release VERSION  fail2ban ${versions.join(' or ')} (default: the newest)
  --quick            a tenth of the bans and logs, to try the benchmark itself; goals are not judged
  --document FILE…   measure nothing: write tables and plot of docs/performance.md from such results
  --help

Parts:
${allParts.map((name) => `  ${name.padEnd(13)}${parts[name]}`).join('\n')}
`;

/** Throws an Error whose message is for the user. */
export function readOptions(args: readonly string[]): Request {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			only: { type: 'string', multiple: true, default: [] },
			growth: { type: 'boolean', default: false },
			json: { type: 'string' },
			release: { type: 'string' },
			quick: { type: 'boolean', default: false },
			document: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return { kind: 'help' };
	const { only, growth, quick, release = null, json = null } = values;
	if (values.document) {
		if (only.length > 0 || growth || quick || release !== null || json !== null)
			throw new Error('--document takes only the results to write from.');
		if (positionals.length === 0) throw new Error('--document needs at least one result of --json.');
		return { kind: 'document', files: positionals };
	}
	if (positionals.length > 0) throw new Error(`Unexpected argument '${positionals[0]}'.`);
	if (release !== null && !versions.some((version) => version === release))
		throw new Error(`--release takes ${versions.join(' or ')}.`);
	if (json === '') throw new Error('--json needs the name of a file.');
	return { kind: 'run', parts: chosenParts(only, growth), growth, quick, release, json };
}

function chosenParts(only: readonly string[], growth: boolean): PartName[] {
	const names = only.flatMap((list) => list.split(','));
	const unknown = names.find((name) => !allParts.some((part) => part === name));
	if (unknown !== undefined) throw new Error(`No part '${unknown}'; there are: ${allParts.join(', ')}.`);
	if (names.length > 0) return allParts.filter((name) => names.includes(name));
	return growth ? [] : allParts;
}
