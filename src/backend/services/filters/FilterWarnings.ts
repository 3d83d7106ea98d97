import type { FilterWarning } from '../../../contract/types.ts';
import type { FilterExpressions } from '../../config/filterDefinition.ts';
import { reasonOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { type Message, msg, told, verbatim } from '../../kit/message.ts';
import { sha1 } from '../../kit/sha1.ts';
import type { ProbeFact, ProbeFilter } from '../../runs/probeFilter.ts';
import { within } from '../kit/within.ts';
import { filterProbeTask } from './probeTask.ts';

/** Warnings of so many filters are kept; a node has a hundred filters, and a few of them change now and then. */
const maxFilters = 300;

/** What is wrong with filters, found by fail2ban's own engine behind the back of the callers; one at a time. */
export class FilterWarnings {
	readonly #known = new Map<string, FilterWarning[]>();
	readonly #under = new Map<string, Promise<void>>();
	#last: Promise<void> = Promise.resolve();

	constructor(
		private readonly probe: ProbeFilter,
		private readonly log: Log,
	) {}

	/** What is known already; null: nothing yet. */
	known(expressions: FilterExpressions): FilterWarning[] | null {
		return this.#known.get(keyOf(expressions)) ?? null;
	}

	/** As `known`, but looks if that was never done, and waits so long for it (milliseconds). */
	async find(expressions: FilterExpressions, answerWithinMs: number): Promise<FilterWarning[] | null> {
		const known = this.known(expressions);
		if (known !== null) return known;
		await within(this.refresh(expressions), answerWithinMs);
		return this.known(expressions);
	}

	/** Looks when its turn has come; resolves then, also when nothing could be found out. */
	refresh(expressions: FilterExpressions): Promise<void> {
		const key = keyOf(expressions);
		if (this.#known.has(key)) return Promise.resolve();
		const before = this.#under.get(key);
		if (before !== undefined) return before;
		const turn = this.#last.then(() => this.#probe(key, expressions));
		this.#last = turn;
		this.#under.set(key, turn);
		return turn;
	}

	async #probe(key: string, expressions: FilterExpressions): Promise<void> {
		try {
			const facts = await this.probe(await filterProbeTask(expressions));
			this.#known.set(key, warningsOf(facts, expressions));
			for (const old of this.#known.keys()) if (this.#known.size > maxFilters) this.#known.delete(old);
		} catch (error) {
			this.log.warning(reasonOf(error));
		} finally {
			this.#under.delete(key);
		}
	}
}

function keyOf({ prefregex, failregex, ignoreregex, maxlines }: FilterExpressions): string {
	return sha1(JSON.stringify([prefregex, failregex, ignoreregex, maxlines]));
}

const injected = {
	field: msg('A part that anybody can choose, such as a user name, can forge the address.'),
	start: msg('Not anchored: the text can be anywhere in a line, so a user name in it can forge the address.'),
	end: msg('Not anchored at its end: what follows the address in a line can forge it.'),
};

/** The facts in words, each once. */
function warningsOf(facts: readonly ProbeFact[], expressions: FilterExpressions): FilterWarning[] {
	const found = new Map<string, FilterWarning>();
	for (const fact of facts) {
		if (fact.kind === 'done' || fact.kind === 'tried') continue;
		const { kind, option, index } = fact;
		const expression = option === 'prefregex' ? expressions.prefregex : (expressions[option][index] ?? '');
		const rest = told({ kind, option, index, expression, text: textOf(fact), sample: null, address: null });
		const key = `${kind} ${option} ${index}`;
		if (found.has(key)) continue;
		if (fact.kind === 'injectable') found.set(key, { ...rest, sample: fact.sample, address: fact.address });
		else if (fact.kind === 'slow') found.set(key, { ...rest, sample: fact.sample });
		else found.set(key, rest);
	}
	const order: FilterWarning['kind'][] = ['broken', 'nohost', 'injectable', 'slow'];
	return [...found.values()].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function textOf(fact: Exclude<ProbeFact, { kind: 'done' | 'tried' }>): Message {
	switch (fact.kind) {
		case 'broken':
			return msg('It does not compile: {0}.', verbatim(fact.reason));
		case 'nohost':
			return msg('It finds no address: write <ADDR> or <HOST> in its place.');
		case 'injectable':
			return injected[fact.place];
		case 'slow':
			return msg('One crafted line keeps fail2ban busy for more than half a second.');
	}
}
