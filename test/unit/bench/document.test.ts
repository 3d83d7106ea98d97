import { describe, expect, it } from 'vitest';
import { between, figuresText, growthText, type Result } from '../../bench/document.ts';
import { figureOf, toward } from '../../bench/figures.ts';
import type { GrowthPoint } from '../../bench/growthPoint.ts';
import { plotSvg } from '../../bench/plot.ts';

const growth: GrowthPoint[] = [
	{ jails: 30, bans: 50_000, values: { cold: 300, page: 3, jails: 4, memory: 80 } },
	{ jails: 30, bans: 1000, values: { cold: 50, page: 2, jails: 4, memory: 70 } },
	{ jails: 150, bans: 50_000, values: { cold: null, page: null, jails: 16, memory: 85 } },
	{ megabytes: 1000, values: { logPage: 5, history: null } },
	{ megabytes: 10, values: { logPage: 4, history: 200 } },
];

const result: Result = {
	header: {
		date: '2026-05-04T10:00:00.000Z',
		machine: 'Some CPU',
		processors: 2,
		memory: 8192,
		node: '20.19.2',
		fail2ban: '1.1.0',
		load: 0.25,
		quick: false,
	},
	figures: [
		figureOf(toward('cold', 250, { alternative: { ms: 5000, is: 'a | b' }, note: 'at most 260 ms' }), true),
		figureOf(toward('start', 390), true),
	],
	growth,
};

describe('the tables of the document', () => {
	it('show machine, date and each figure, with the missed ones', () => {
		const text = figuresText([result]);
		expect(text).toContain(
			'fail2ban 1.1.0, Node 20.19.2, 2026-05-04; 2 processors (Some CPU), 8 GB, load 0.3 before the run.',
		);
		expect(text).toContain(
			'| GET /bans, a page of 50,000, cold | 250 ms | ≤ 300 ms | met | 5 s (a \\| b) | 20 × | at most 260 ms |',
		);
		expect(text).toContain('| Helper: socket activation to first answer | 390 ms | ≤ 200 ms | MISSED |');
	});

	it('grow from the small to the large, with a dash for what was not to be had', () => {
		const text = growthText([result], 'plot.svg');
		expect(text).toContain('![How times grow with bans, jails and logs](plot.svg)');
		expect(text).toContain('| Bans | 1,000 | 50,000 |');
		expect(text).toContain('| GET /bans, cold | 50 ms | 300 ms |');
		expect(text).toContain('| Jails | 30 | 150 |');
		expect(text).toContain('| GET /bans, cold | 300 ms | – |');
		expect(text).toContain('| GET /history, first | 200 ms | – |');
		expect(text).not.toContain('200,000');
	});

	it('are empty without results', () => {
		expect(figuresText([{ ...result, figures: [] }])).toBe('');
		expect(growthText([{ ...result, growth: [] }], 'plot.svg')).toBe('');
	});
});

describe('a place in the document', () => {
	const page = 'before\n<!-- x -->\nold\n<!-- end of x -->\nafter\n';

	it('takes new content, as often as it is filled', () => {
		const once = between(page, 'x', 'new');
		expect(once).toBe('before\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nafter\n');
		expect(between(once, 'x', 'new')).toBe(once);
	});

	it('must be there', () => {
		expect(() => between(page, 'y', 'new')).toThrow('no place for y');
	});
});

describe('the plot', () => {
	it('draws a line for each value with more than one point, and nothing else', () => {
		const svg = plotSvg(growth);
		expect(svg.match(/class="title"/g)).toHaveLength(3);
		// cold, page and jails over bans; jails over jails; the last page over the log
		expect(svg.match(/stroke-width="2"/g)).toHaveLength(5);
		expect(svg).not.toContain('NaN');
		expect(svg).not.toContain('Infinity');
	});

	it('puts a larger value higher, and a larger size further right', () => {
		const [, x1, y1, x2, y2] =
			/d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none"/.exec(plotSvg(growth)) ?? [];
		expect(Number(x2)).toBeGreaterThan(Number(x1));
		expect(Number(y2)).toBeLessThan(Number(y1));
	});

	it('is empty without any growth', () => {
		expect(plotSvg([])).toBe('');
	});
});
