import type { Answer } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';
import { OP } from './pickleOpcodes.ts';
import { float, integer, long, rawUnicode } from './pickleText.ts';
import { addItems, bytesOf, callOf, globalOf, setItem, setOf, stateOf } from './pickleValues.ts';

/** Bounds of the memory that few bytes may claim; 50,000 bans take 150,000 steps and one container. */
const MAX_STEPS = 4_000_000;
const MAX_CONTAINERS = 500_000;

/** Runs the opcodes of one pickle on a stack of plain values. */
export class PickleMachine {
	#at = 0;
	#steps = 0;
	#containers = 0;
	readonly #stack: Answer[] = [];
	readonly #marks: number[] = [];
	readonly #memo = new Map<number, Answer>();
	readonly #bytes: Buffer;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	/** @throws ServerError 'protocol' */
	run(): Answer {
		try {
			while (this.#step()) {}
		} catch (error) {
			// Buffer's own readers throw this where the bytes end too early.
			if (error instanceof RangeError) throw new ServerError('protocol', 'The answer is cut short.');
			throw error;
		}
		if (this.#at !== this.#bytes.length || this.#stack.length !== 1 || this.#marks.length !== 0) {
			throw new ServerError('protocol', 'The answer is not one single value.');
		}
		return this.#stack[0] as Answer;
	}

	/** Runs one opcode; false at the end. */
	#step(): boolean {
		if (++this.#steps > MAX_STEPS) throw new ServerError('protocol', 'The answer takes too many steps.');
		const op = this.#bytes.readUInt8(this.#at++);
		switch (op) {
			case OP.STOP:
				return false;
			case OP.PROTO:
				if (this.#uint(1) > 5)
					throw new ServerError('protocol', 'The answer has an unknown pickle protocol.');
				return true;
			case OP.FRAME:
				this.#length8();
				return true;
			case OP.MARK:
				this.#marks.push(this.#stack.length);
				return true;
			case OP.POP:
				// After a mark it takes the mark away, as Python's own unpickler does.
				if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
				else this.#pop();
				return true;
			case OP.POP_MARK:
				this.#popMark();
				return true;
			case OP.DUP:
				this.#stack.push(this.#top());
				return true;
			case OP.MEMOIZE:
				this.#memo.set(this.#memo.size, this.#top());
				return true;
			case OP.PUT:
				this.#memo.set(this.#index(), this.#top());
				return true;
			case OP.BINPUT:
				this.#memo.set(this.#uint(1), this.#top());
				return true;
			case OP.LONG_BINPUT:
				this.#memo.set(this.#uint(4), this.#top());
				return true;
			case OP.APPEND:
				addItems(this.#under(1), [this.#pop()]);
				return true;
			case OP.APPENDS:
			case OP.ADDITEMS: {
				const items = this.#popMark();
				addItems(this.#top(), items);
				return true;
			}
			case OP.SETITEM: {
				const value = this.#pop();
				const key = this.#pop();
				setItem(this.#top(), key, value);
				return true;
			}
			case OP.SETITEMS: {
				const items = this.#popMark();
				this.#fill(this.#top(), items);
				return true;
			}
			case OP.BUILD: {
				const state = this.#pop();
				stateOf(this.#top(), state);
				return true;
			}
			default:
				this.#stack.push(this.#scalar(op));
				return true;
		}
	}

	#scalar(op: number): Answer {
		switch (op) {
			case OP.NONE:
				return null;
			case OP.NEWTRUE:
				return true;
			case OP.NEWFALSE:
				return false;
			case OP.BININT:
				this.#at += 4;
				return this.#bytes.readInt32LE(this.#at - 4);
			case OP.BININT1:
				return this.#uint(1);
			case OP.BININT2:
				return this.#uint(2);
			case OP.BINFLOAT:
				this.#at += 8;
				return this.#bytes.readDoubleBE(this.#at - 8);
			case OP.INT: {
				const text = this.#line();
				if (text === '00' || text === '01') return text === '01';
				return integer(text);
			}
			case OP.LONG:
				return integer(this.#line().replace(/L$/, ''));
			case OP.FLOAT:
				return float(this.#line());
			case OP.LONG1:
				return long(this.#take(this.#uint(1)));
			case OP.LONG4:
				return long(this.#take(this.#uint(4)));
			case OP.UNICODE:
				return rawUnicode(this.#line());
			case OP.SHORT_BINUNICODE:
				return this.#text(this.#uint(1));
			case OP.BINUNICODE:
				return this.#text(this.#uint(4));
			case OP.BINUNICODE8:
				return this.#text(this.#length8());
			case OP.SHORT_BINBYTES:
				return bytesOf(this.#take(this.#uint(1)));
			case OP.BINBYTES:
				return bytesOf(this.#take(this.#uint(4)));
			case OP.BINBYTES8:
			case OP.BYTEARRAY8:
				return bytesOf(this.#take(this.#length8()));
			case OP.GET:
				return this.#remembered(this.#index());
			case OP.BINGET:
				return this.#remembered(this.#uint(1));
			case OP.LONG_BINGET:
				return this.#remembered(this.#uint(4));
			default:
				return this.#composed(op);
		}
	}

	#composed(op: number): Answer {
		if (++this.#containers > MAX_CONTAINERS) {
			throw new ServerError('protocol', 'The answer holds too many containers.');
		}
		switch (op) {
			case OP.EMPTY_LIST:
			case OP.EMPTY_TUPLE:
				return [];
			case OP.EMPTY_DICT:
				return Object.create(null);
			case OP.EMPTY_SET:
				return setOf([]);
			case OP.LIST:
			case OP.TUPLE:
				return this.#popMark();
			case OP.FROZENSET:
				return setOf(this.#popMark());
			case OP.DICT:
				return this.#fill(Object.create(null), this.#popMark());
			case OP.TUPLE1:
				return this.#popMany(1);
			case OP.TUPLE2:
				return this.#popMany(2);
			case OP.TUPLE3:
				return this.#popMany(3);
			case OP.GLOBAL: {
				const module = this.#line();
				return globalOf(module, this.#line());
			}
			case OP.STACK_GLOBAL: {
				const [module, name] = this.#popMany(2);
				return globalOf(module, name);
			}
			case OP.REDUCE:
			case OP.NEWOBJ: {
				const [callee, args] = this.#popMany(2);
				return callOf(callee, args);
			}
			case OP.NEWOBJ_EX: {
				const [callee, args] = this.#popMany(3);
				return callOf(callee, args);
			}
			default:
				throw new ServerError('protocol', `The answer holds the unexpected opcode ${op}.`);
		}
	}

	#fill(target: Answer, items: Answer[]): Answer {
		if (items.length % 2 !== 0) throw new ServerError('protocol', 'The answer holds a key without a value.');
		for (let i = 0; i < items.length; i += 2) {
			setItem(target, items[i] as Answer, items[i + 1] as Answer);
		}
		return target;
	}

	#uint(size: 1 | 2 | 4): number {
		this.#at += size;
		return this.#bytes.readUIntLE(this.#at - size, size);
	}

	#length8(): number {
		const low = this.#uint(4);
		return this.#uint(4) * 2 ** 32 + low;
	}

	#take(length: number): Buffer {
		const end = this.#at + length;
		if (end > this.#bytes.length) throw new ServerError('protocol', 'The answer is cut short.');
		const part = this.#bytes.subarray(this.#at, end);
		this.#at = end;
		return part;
	}

	#text(length: number): string {
		return this.#take(length).toString('utf8');
	}

	/** Text up to the end of the line, a character for each byte. */
	#line(): string {
		const end = this.#bytes.indexOf(0x0a, this.#at);
		if (end < 0) throw new ServerError('protocol', 'The answer is cut short.');
		const text = this.#bytes.toString('latin1', this.#at, end);
		this.#at = end + 1;
		return text;
	}

	#index(): number {
		const text = this.#line();
		if (!/^\d{1,9}$/.test(text)) throw new ServerError('protocol', 'The answer names an invalid memo entry.');
		return Number(text);
	}

	#remembered(index: number): Answer {
		const value = this.#memo.get(index);
		if (value === undefined) throw new ServerError('protocol', 'The answer names an unknown memo entry.');
		return value;
	}

	/** Lowest index that may be taken from the stack: nothing reaches below a mark. */
	#floor(): number {
		return this.#marks.at(-1) ?? 0;
	}

	#under(depth: number): Answer {
		const index = this.#stack.length - 1 - depth;
		if (index < this.#floor()) throw new ServerError('protocol', 'The answer takes from an empty stack.');
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
