import { type Growth, type GrowthPoint, growths, sized } from './growthPoint.ts';

const width = 300;
const height = 240;
const left = 46;
const top = 34;
/** Room under a chart for the names of its lines. */
const legend = 16;

/** Each is told from the others, and from white and from black. */
const colours = ['#2f81f7', '#d9822b', '#2da44e', '#bf4bd0', '#cf4a4a'];

interface Line {
	title: string;
	points: { x: number; y: number }[];
}

function linesOf(growth: Growth, points: readonly GrowthPoint[]): Line[] {
	const rows = sized(growth, points);
	return growth.series
		.filter(({ plotted }) => plotted)
		.map(({ value, title }) => ({
			title,
			points: rows.flatMap(({ size, values }) => {
				const y = values[value];
				return y === null || y === undefined || y <= 0 ? [] : [{ x: size, y }];
			}),
		}))
		.filter((line) => line.points.length > 1);
}

const short = (value: number) => (value >= 1000 ? `${value / 1000}${'k'}` : String(value));
const time = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);
const round = (value: number) => Math.round(value * 10) / 10;

/** One chart with both axes by powers of ten. */
function chart(growth: Growth, points: readonly GrowthPoint[], at: number): string {
	const lines = linesOf(growth, points);
	if (lines.length === 0) return '';
	const sizes = sized(growth, points).map(({ size }) => size);
	const all = lines.flatMap((line) => line.points.map(({ y }) => y));
	const low = Math.floor(Math.log10(Math.min(...all)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
	const [least = 1, most = 1] = [sizes[0], sizes.at(-1)];
	const x = (size: number) =>
		round(at + left + (Math.log(size / least) / Math.log(most / least)) * (width - left - 16));
	const y = (ms: number) => round(top + height - ((Math.log10(ms) - low) / (high - low)) * height);
	const parts = [`<text class="title" x="${at + left}" y="18">${growth.title}</text>`];
	for (let power = low; power <= high; power++) {
		const line = y(10 ** power);
		parts.push(
			`<path class="grid" d="M${at + left} ${line}H${at + width - 16}"/>`,
			`<text x="${at + left - 6}" y="${line + 4}" text-anchor="end">${time(10 ** power)}</text>`,
		);
	}
	for (const size of sizes)
		parts.push(`<text x="${x(size)}" y="${top + height + 18}" text-anchor="middle">${short(size)}</text>`);
	for (const [n, line] of lines.entries()) {
		const colour = colours[n % colours.length];
		const path = line.points.map((point) => `${x(point.x)} ${y(point.y)}`).join('L');
		const below = top + height + 38 + n * legend;
		parts.push(`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
		for (const point of line.points)
			parts.push(`<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="${colour}"/>`);
		parts.push(
			`<path d="M${at + left} ${below - 4}h14" stroke="${colour}" stroke-width="3"/>`,
			`<text x="${at + left + 20}" y="${below}">${line.title}</text>`,
		);
	}
	return parts.join('\n');
}

/** A picture of the growth, readable on a light and on a dark page; empty if there is nothing to draw. */
export function plotSvg(points: readonly GrowthPoint[]): string {
	const shown = growths.filter((growth) => linesOf(growth, points).length > 0);
	if (shown.length === 0) return '';
	const most = Math.max(...shown.map((growth) => linesOf(growth, points).length));
	const whole = { width: shown.length * width, height: top + height + 38 + most * legend };
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.width} ${whole.height}" width="${whole.width}" height="${whole.height}" role="img" aria-label="How times grow with bans, jails and logs">
<style>
text { font: 12px sans-serif; fill: #57606a }
.title { font-weight: bold; fill: #24292f }
.grid { stroke: #8c959f; stroke-opacity: 0.35 }
@media (prefers-color-scheme: dark) { text { fill: #9ea7b3 } .title { fill: #e6edf3 } }
</style>
${shown.map((growth, n) => chart(growth, points, n * width)).join('\n')}
</svg>
`;
}
