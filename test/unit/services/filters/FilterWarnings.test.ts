import { describe, expect, it } from 'vitest';
import type { FilterExpressions } from '../../../../src/backend/config/filterDefinition.ts';
import { createLog } from '../../../../src/backend/kit/journalLog.ts';
import {
	createProbeFilter,
	type ProbeFact,
	type ProbeFilter,
} from '../../../../src/backend/runs/probeFilter.ts';
import { FilterWarnings } from '../../../../src/backend/services/filters/FilterWarnings.ts';

const filter: FilterExpressions = {
	prefregex: '',
	failregex: ['^a <ADDR>$'],
	ignoreregex: [],
	datepattern: '',
	journalmatch: [],
	maxlines: null,
};

function warnings(probe: ProbeFilter) {
	const lines: string[] = [];
	return {
		lines,
		found: new FilterWarnings(
			probe,
			createLog((line) => lines.push(line)),
		),
	};
}

describe('warnings of a filter', () => {
	it('are not known before the look is done, and looked for once only', async () => {
		let asked = 0;
		let answer = (_facts: ProbeFact[]) => {};
		const { found } = warnings(() => {
			asked++;
			return new Promise((resolve) => {
				answer = resolve;
			});
		});
		expect(found.known(filter)).toBe(null);
		expect(await found.find(filter, 5)).toBe(null);
		expect(await found.find(filter, 5)).toBe(null);
		answer([{ kind: 'nohost', option: 'failregex', index: 0, reason: 'x' }, { kind: 'done' }]);
		await found.refresh(filter);
		expect(found.known(filter)).toMatchObject([{ kind: 'nohost', expression: '^a <ADDR>$', sample: null }]);
		expect(asked).toBe(1);
		expect(found.known({ ...filter, ignoreregex: ['b'] })).toBe(null);
	});

	it('stay unknown when fail2ban cannot be asked, which is logged and tried again', async () => {
		let asked = 0;
		const { found, lines } = warnings(async () => {
			asked++;
			throw new Error('no python');
		});
		expect(await found.find(filter, 1000)).toBe(null);
		expect(await found.find(filter, 1000)).toBe(null);
		expect(asked).toBe(2);
		expect(lines.join()).toContain('no python');
	});
});

describe('createProbeFilter', () => {
	const task = {
		...filter,
		honest: [],
		forged: [],
		slowLines: { prefregex: [], failregex: [], ignoreregex: [] },
	};
	const result = {
		exit: 0 as number | null,
		signal: null as string | null,
		stdout: '',
		stderr: '',
		timedOut: false,
	};

	it('keeps what was told before a limit ended the program', async () => {
		const stdout = '{"kind":"slow","option":"failregex","index":0,"sample":"a"}\n{"kind":"inj';
		const probe = createProbeFilter(
			async () => ({ ...result, exit: null, signal: 'SIGXCPU', stdout }),
			'python',
		);
		expect(await probe(task)).toEqual([{ kind: 'slow', option: 'failregex', index: 0, sample: 'a' }]);
	});

	it('fails with the last words of a program that broke', async () => {
		const probe = createProbeFilter(
			async () => ({ ...result, exit: 1, stderr: 'Traceback\nImportError: no fail2ban' }),
			'python',
		);
		await expect(probe(task)).rejects.toThrow('ImportError: no fail2ban');
	});
});
