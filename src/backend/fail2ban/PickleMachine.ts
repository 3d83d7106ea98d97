import type { Answer } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';
import { OP } from './pickleOpcodes.ts';
import { float, integer, long, rawUnicode } from './pickleText.ts';
import { addItems, bytesOf, callOf, globalOf, isTextCall, setItem, setOf, stateOf } from './pickleValues.ts';

/** Bounds of the memory that few bytes may claim; 50,000 addresses take 400,000 steps, 50,000 containers. */
const MAX_STEPS = 8_000_000;
const MAX_CONTAINERS = 1_000_000;
const MAX_MEMO_GAP = 1000;

type Step = (machine: PickleMachine) => void;

/** Runs the opcodes of one pickle on a stack of plain values. */
export class PickleMachine {
	#at = 0;
	#containers = 0;
	readonly #stack: Answer[] = [];
	readonly #marks: number[] = [];
	readonly #memo: Answer[] = [];
	/** What the last call was of, and whether that makes text: a list of addresses calls str for each. */
	#callee: Answer = null;
	#makesText = false;
	readonly #bytes: Buffer;

	/** A table, since a cold list of 50,000 addresses spends its time in finding the opcode's code. */
	static readonly #steps = PickleMachine.#table();

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	/** @throws ServerError 'protocol' */
	run(): Answer {
		const bytes = this.#bytes;
		for (let steps = 0; ; steps++) {
			if (steps > MAX_STEPS) throw new ServerError('protocol', 'The answer takes too many steps.');
			if (this.#at >= bytes.length) throw cutShort();
			const op = bytes[this.#at++] as number;
			if (op === OP.STOP) break;
			const step = PickleMachine.#steps[op];
			if (step === undefined) {
				throw new ServerError('protocol', `The answer holds the unexpected opcode ${op}.`);
			}
			step(this);
		}
		if (this.#at !== bytes.length || this.#stack.length !== 1 || this.#marks.length !== 0) {
			throw new ServerError('protocol', 'The answer is not one single value.');
		}
		return this.#stack[0] as Answer;
	}

	static #table(): (Step | undefined)[] {
		const table: (Step | undefined)[] = new Array(256).fill(undefined);
		const act = (op: number, step: Step) => {
			table[op] = step;
		};
		/** Opcodes that push a value without content of their own, and those that make a container. */
		const push = (op: number, value: (m: PickleMachine) => Answer) => act(op, (m) => m.#stack.push(value(m)));
		const make = (op: number, value: (m: PickleMachine) => Answer) =>
			act(op, (m) => {
				if (++m.#containers > MAX_CONTAINERS) {
					throw new ServerError('protocol', 'The answer holds too many containers.');
				}
				m.#stack.push(value(m));
			});

		act(OP.PROTO, (m) => {
			if (m.#uint(1) > 5) throw new ServerError('protocol', 'The answer has an unknown pickle protocol.');
		});
		act(OP.FRAME, (m) => m.#length8());
		act(OP.MARK, (m) => m.#marks.push(m.#stack.length));
		// Directly behind a mark it takes the mark away, as Python's own unpickler does.
		act(OP.POP, (m) => (m.#marks.at(-1) === m.#stack.length ? m.#marks.pop() : m.#pop()));
		act(OP.POP_MARK, (m) => m.#popMark());
		push(OP.DUP, (m) => m.#top());

		act(OP.MEMOIZE, (m) => m.#memo.push(m.#top()));
		act(OP.PUT, (m) => m.#remember(m.#index()));
		act(OP.BINPUT, (m) => m.#remember(m.#uint(1)));
		act(OP.LONG_BINPUT, (m) => m.#remember(m.#uint(4)));
		push(OP.GET, (m) => m.#remembered(m.#index()));
		push(OP.BINGET, (m) => m.#remembered(m.#uint(1)));
		push(OP.LONG_BINGET, (m) => m.#remembered(m.#uint(4)));

		push(OP.NONE, () => null);
		push(OP.NEWTRUE, () => true);
		push(OP.NEWFALSE, () => false);
		push(OP.BININT, (m) => m.#number(4).readInt32LE(m.#at - 4));
		push(OP.BININT1, (m) => m.#uint(1));
		push(OP.BININT2, (m) => m.#uint(2));
		push(OP.BINFLOAT, (m) => m.#number(8).readDoubleBE(m.#at - 8));
		push(OP.INT, (m) => {
			const text = m.#line();
			return text === '00' || text === '01' ? text === '01' : integer(text);
		});
		push(OP.LONG, (m) => integer(m.#line().replace(/L$/, '')));
		push(OP.FLOAT, (m) => float(m.#line()));
		push(OP.LONG1, (m) => long(m.#take(m.#uint(1))));
		push(OP.LONG4, (m) => long(m.#take(m.#uint(4))));

		push(OP.UNICODE, (m) => rawUnicode(m.#line()));
		push(OP.SHORT_BINUNICODE, (m) => m.#text(m.#uint(1)));
		push(OP.BINUNICODE, (m) => m.#text(m.#uint(4)));
		push(OP.BINUNICODE8, (m) => m.#text(m.#length8()));
		make(OP.SHORT_BINBYTES, (m) => bytesOf(m.#take(m.#uint(1))));
		make(OP.BINBYTES, (m) => bytesOf(m.#take(m.#uint(4))));
		make(OP.BINBYTES8, (m) => bytesOf(m.#take(m.#length8())));
		make(OP.BYTEARRAY8, (m) => bytesOf(m.#take(m.#length8())));

		make(OP.EMPTY_LIST, () => []);
		make(OP.LIST, (m) => m.#popMark());
		act(OP.APPEND, (m) => addItems(m.#under(1), [m.#pop()]));
		act(OP.APPENDS, (m) => m.#addMarked());
		make(OP.EMPTY_TUPLE, () => []);
		make(OP.TUPLE, (m) => m.#popMark());
		make(OP.TUPLE1, (m) => [m.#pop()]);
		make(OP.TUPLE2, (m) => m.#popMany(2));
		make(OP.TUPLE3, (m) => m.#popMany(3));
		make(OP.EMPTY_SET, () => setOf([]));
		make(OP.FROZENSET, (m) => setOf(m.#popMark()));
		act(OP.ADDITEMS, (m) => m.#addMarked());
		make(OP.EMPTY_DICT, () => Object.create(null));
		make(OP.DICT, (m) => m.#fill(Object.create(null), m.#popMark()));
		act(OP.SETITEM, (m) => {
			const pair = m.#popMany(2);
			m.#fill(m.#top(), pair);
		});
		act(OP.SETITEMS, (m) => {
			const items = m.#popMark();
			m.#fill(m.#top(), items);
		});

		make(OP.GLOBAL, (m) => {
			const module = m.#line();
			return globalOf(module, m.#line());
		});
		make(OP.STACK_GLOBAL, (m) => {
			const [module, name] = m.#popMany(2);
			return globalOf(module, name);
		});
		push(OP.REDUCE, (m) => m.#call());
		push(OP.NEWOBJ, (m) => m.#call());
		make(OP.NEWOBJ_EX, (m) => {
			const [callee, args] = m.#popMany(3);
			return callOf(callee, args);
		});
		act(OP.BUILD, (m) => {
			const state = m.#pop();
			stateOf(m.#top(), state);
		});
		return table;
	}

	#call(): Answer {
		const args = this.#pop();
		const callee = this.#pop();
		if (callee !== this.#callee) {
			this.#callee = callee;
			this.#makesText = isTextCall(callee);
		}
		if (this.#makesText && Array.isArray(args) && typeof args[0] === 'string') return args[0];
		if (++this.#containers > MAX_CONTAINERS) {
			throw new ServerError('protocol', 'The answer holds too many containers.');
		}
		return callOf(callee, args);
	}

	#addMarked(): void {
		const items = this.#popMark();
		addItems(this.#top(), items);
	}

	#fill(target: Answer, items: Answer[]): Answer {
		if (items.length % 2 !== 0) throw new ServerError('protocol', 'The answer holds a key without a value.');
		for (let i = 0; i < items.length; i += 2) {
			setItem(target, items[i] as Answer, items[i + 1] as Answer);
		}
		return target;
	}

	/** Steps over that many bytes and gives all bytes to read from. */
	#number(size: number): Buffer {
		this.#at += size;
		if (this.#at > this.#bytes.length) throw cutShort();
		return this.#bytes;
	}

	#uint(size: 1 | 2 | 4): number {
		const bytes = this.#number(size);
		return size === 1 ? (bytes[this.#at - 1] as number) : bytes.readUIntLE(this.#at - size, size);
	}

	#length8(): number {
		const low = this.#uint(4);
		return this.#uint(4) * 2 ** 32 + low;
	}

	#take(length: number): Buffer {
		return this.#number(length).subarray(this.#at - length, this.#at);
	}

	#text(length: number): string {
		return this.#number(length).toString('utf8', this.#at - length, this.#at);
	}

	/** Text up to the end of the line, a character for each byte. */
	#line(): string {
		const end = this.#bytes.indexOf(0x0a, this.#at);
		if (end < 0) throw cutShort();
		const text = this.#bytes.toString('latin1', this.#at, end);
		this.#at = end + 1;
		return text;
	}

	#index(): number {
		const text = this.#line();
		if (!/^\d{1,9}$/.test(text)) throw invalidMemo();
		return Number(text);
	}

	/** Picklers number their memo without gaps, so a large gap is none of theirs. */
	#remember(index: number): void {
		if (index > this.#memo.length + MAX_MEMO_GAP) throw invalidMemo();
		this.#memo[index] = this.#top();
	}

	#remembered(index: number): Answer {
		const value = this.#memo[index];
		if (value === undefined) throw invalidMemo();
		return value;
	}

	/** The value at that depth; nothing reaches below a mark. */
	#under(depth: number): Answer {
		const index = this.#stack.length - 1 - depth;
		if (index < (this.#marks.at(-1) ?? 0)) {
			throw new ServerError('protocol', 'The answer takes from an empty stack.');
		}
		return this.#stack[index] as Answer;
	}

	#top(): Answer {
		return this.#under(0);
	}

	#pop(): Answer {
		const value = this.#top();
		this.#stack.length--;
		return value;
	}

	#popMany(count: number): Answer[] {
		this.#under(count - 1);
		return this.#stack.splice(this.#stack.length - count);
	}

	#popMark(): Answer[] {
		const mark = this.#marks.pop();
		if (mark === undefined) throw new ServerError('protocol', 'The answer lacks a mark.');
		const items = this.#stack.slice(mark);
		this.#stack.length = mark;
		return items;
	}
}

function cutShort(): ServerError {
	return new ServerError('protocol', 'The answer is cut short.');
}

function invalidMemo(): ServerError {
	return new ServerError('protocol', 'The answer names an invalid memo entry.');
}
