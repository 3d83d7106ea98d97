import type { FilterExpressions } from '../../config/filterDefinition.ts';
import { forgedLines } from '../../config/regex/forgedLines.ts';
import { parseRegex } from '../../config/regex/parseRegex.ts';
import { type RegexNode, RegexSyntaxError } from '../../config/regex/regexNode.ts';
import { slowLines } from '../../config/regex/slowLines.ts';
import type { ProbeTask } from '../../runs/probeFilter.ts';

/** What our parser does not know is left out; whether fail2ban knows it, fail2ban says. */
function parsed(expression: string): RegexNode | null {
	try {
		return parseRegex(expression);
	} catch (error) {
		if (!(error instanceof RegexSyntaxError)) throw error;
		return null;
	}
}

/** Lets other calls be answered in between: a large filter takes a quarter of a second. */
const yieldToEventLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

const pairs = (node: RegexNode | null) =>
	node === null ? [] : slowLines(node).map(({ short, long }) => [short, long]);

/** The lines that fail2ban's engine is to be asked about, for each expression of a filter. */
export async function filterProbeTask(expressions: FilterExpressions): Promise<ProbeTask> {
	const { prefregex, failregex, ignoreregex, maxlines } = expressions;
	const prefix = prefregex === '' ? undefined : parsed(prefregex);
	const honest = new Map<string, { index: number; line: string; address: string; spare: boolean }>();
	const forged: ProbeTask['forged'][number][number][][] = [];
	const slow: ProbeTask['slowLines'] = {
		prefregex: [prefix ? pairs(prefix) : []],
		failregex: [],
		ignoreregex: ignoreregex.map((expression) => pairs(parsed(expression))),
	};
	for (const expression of failregex) {
		const node = parsed(expression);
		slow.failregex.push(pairs(node));
		// within a prefregex that nobody understands no line can be built
		const lines = node === null || prefix === null ? [] : forgedLines(node, prefix);
		forged.push(
			lines.map(({ honest: line, owner, spare, address, place, line: text }) => {
				const known = honest.get(line) ?? { index: honest.size, line, address: owner, spare };
				honest.set(line, known);
				return { honest: known.index, line: text, address, place };
			}),
		);
		await yieldToEventLoop();
	}
	const bases = [...honest.values()].map(({ line, address, spare }) => ({ line, address, spare }));
	return { prefregex, failregex, ignoreregex, maxlines, honest: bases, forged, slowLines: slow };
}
