import program from '../../python/probe_filter.py';
import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';
import { underSetpriv } from './underSetpriv.ts';

/** Seconds of processor time: of all, and from which one search counts as slow. */
const cpuSeconds = { cpu: 20, slow: 0.5 };

/** Milliseconds; the limit above counts processor time, of which a busy node gives little. */
const timeoutMs = 60_000;

/** What follows an honest line to find out whether the expression is open at its end. */
const tail = ' z9 (y) "x"';

export interface ProbeTask {
	prefregex: string;
	failregex: readonly string[];
	ignoreregex: readonly string[];
	maxlines: number | null;
	honest: readonly { line: string; address: string; spare: boolean }[];
	/** For each failregex; `honest` is an index. */
	forged: readonly (readonly {
		honest: number;
		line: string;
		address: string;
		place: 'start' | 'field' | 'end';
	}[])[];
	/** For each expression pairs of lines that may be slow, the shorter one first. */
	slowLines: Record<'prefregex' | 'failregex' | 'ignoreregex', (readonly (readonly string[])[])[]>;
}

interface Place {
	option: 'prefregex' | 'failregex' | 'ignoreregex';
	index: number;
}

export type ProbeFact =
	| ({ kind: 'broken' | 'nohost'; reason: string } & Place)
	| ({ kind: 'injectable'; sample: string; address: string; place: 'start' | 'field' | 'end' } & Place)
	/** sample null: not a crafted line, but one that was tried for another reason. */
	| ({ kind: 'slow'; sample: string | null } & Place)
	/** matched: at least one of the honest lines was taken for what it is. */
	| ({ kind: 'tried'; matched: boolean } & Place)
	/** It came to its end. */
	| { kind: 'done' };

/** Asks fail2ban's own engine. The seam that unit tests replace. Throws Error when it cannot be asked. */
export type ProbeFilter = (task: ProbeTask) => Promise<ProbeFact[]>;

/**
 * Runs each probe as a process of its own, without rights and with bounded processor time and memory.
 * @param python fail2ban-python, which finds fail2ban's modules
 */
export function createProbeFilter(run: RunCommand, python: string): ProbeFilter {
	return async (task) => {
		const input = JSON.stringify({ ...task, ...cpuSeconds, tail });
		const args = underSetpriv(python, program, ['nice', '-n', '10']);
		const { stdout, stderr, exit, signal, timedOut } = await run('setpriv', args, {
			input,
			timeout: timeoutMs,
		});
		const limited =
			timedOut || signal === 'SIGXCPU' || signal === 'SIGKILL' || /MemoryError\s*$/.test(stderr);
		if (exit !== 0 && !limited) {
			const last = stderr.trim().split('\n').at(-1);
			throw new Error(`The expressions could not be tried: ${last || `exit ${exit ?? signal}`}`);
		}
		// a last line that was cut off is no fact
		return stdout
			.split('\n')
			.slice(0, -1)
			.map((line) => JSON.parse(line) as ProbeFact);
	};
}
