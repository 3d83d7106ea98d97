import { cells, type Figure, formatted, heads } from './figures.ts';
import { type GrowthPoint, growths, sized } from './growthPoint.ts';

/** Where and when something was measured. */
export interface Header {
	/** ISO 8601. */
	date: string;
	machine: string;
	processors: number;
	/** MB. */
	memory: number;
	node: string;
	fail2ban: string;
	/** Of the last minute, before the run. */
	load: number;
	quick: boolean;
}

/** What --json writes. */
export interface Result {
	header: Header;
	figures: Figure[];
	growth: GrowthPoint[];
}

/** A table of Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (row: readonly string[]) =>
		`| ${row.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function headerWords({ date, machine, processors, memory, node, fail2ban, load, quick }: Header): string {
	const gigabytes = Math.round(memory / 1024);
	return (
		`fail2ban ${fail2ban}, Node ${node}, ${date.slice(0, 10)}; ${processors} processors (${machine}), ` +
		`${gigabytes} GB, load ${load.toFixed(1)} before the run.${quick ? ' A quick run: sizes are a tenth.' : ''}`
	);
}

export function figuresText(results: readonly Result[]): string {
	return results
		.filter(({ figures }) => figures.length > 0)
		.map(({ header, figures }) => {
			const rows = figures.map((figure) => {
				const row = cells(figure);
				const is = figure.alternativeIs;
				return is === null ? row : [...row.slice(0, 4), `${row[4]} (${is})`, ...row.slice(5)];
			});
			return `${headerWords(header)}\n\n${table(heads, rows)}`;
		})
		.join('\n\n');
}

/** The tables, and the picture of the first result that has any growth; `plot` is its file. */
export function growthText(results: readonly Result[], plot: string): string {
	const parts = results
		.filter(({ growth }) => growth.length > 0)
		.flatMap(({ header, growth }, n) => {
			const tables = growths.map((kind) => {
				const points = sized(kind, growth);
				if (points.length === 0) return [];
				const rows = kind.series.map(({ value, title, unit }) => [
					title,
					...points.map(({ values }) => {
						const found = values[value];
						return found === null || found === undefined ? '–' : formatted(found, unit);
					}),
				]);
				const head = [kind.label, ...points.map(({ size }) => size.toLocaleString('en-US'))];
				return [`**${kind.title}**`, table(head, rows)];
			});
			const picture = n === 0 ? [`![How times grow with bans, jails and logs](${plot})`] : [];
			return [headerWords(header), ...picture, ...tables.flat()];
		});
	return parts.join('\n\n');
}

/** Replaces what stands between the markers of this name. Throws if they are not there. */
export function between(text: string, name: string, content: string): string {
	const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
	const [from, to] = [text.indexOf(start), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`no place for ${name} between ${start} and ${end}`);
	return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}
