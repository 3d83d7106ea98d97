import { ServerError } from './Fail2banServer.ts';
import { END } from './pickle.ts';
import { ARGUMENT, FRAMED, LENGTH1, LENGTH4, LENGTH8, LINE, TWO_LINES } from './pickleOpcodes.ts';

const FIRST_SIZE = 64 * 1024;
const MAX_LINE = 1024 * 1024;

/**
 * Cuts the bytes of fail2ban's socket into answers.
 *
 * An answer is a pickle with the terminator behind it. A text inside the pickle may hold the terminator too
 * (a log line, say), so this steps over the opcodes instead of searching: the terminator's first character is
 * no opcode, hence it ends an answer exactly where an opcode could begin. Each byte is looked at once.
 */
export class AnswerStream {
	#buffer = Buffer.allocUnsafe(0);
	/** Start of the answer, how far it was stepped over, and end of what arrived. */
	#start = 0;
	#at = 0;
	#end = 0;
	readonly #maxAnswer: number;

	/** @param maxAnswer Bytes that one answer may take. */
	constructor(maxAnswer: number) {
		this.#maxAnswer = maxAnswer;
	}

	push(chunk: Buffer): void {
		if (this.#end + chunk.length > this.#buffer.length) this.#grow(chunk.length);
		chunk.copy(this.#buffer, this.#end);
		this.#end += chunk.length;
	}

	/**
	 * The next whole answer without its terminator, or null until more bytes arrive. It stays valid: the
	 * memory behind it is never written again.
	 * @throws ServerError 'protocol' as soon as the bytes cannot become an answer within the bound.
	 */
	next(): Buffer | null {
		while (!this.#isEnd()) {
			const size = this.#stepSize();
			const taken = (size === null ? this.#end : this.#at + size) - this.#start;
			if (taken > this.#maxAnswer) {
				throw new ServerError('protocol', `The answer is larger than ${this.#maxAnswer} bytes.`);
			}
			if (size === null || this.#at + size > this.#end) return null;
			this.#at += size;
		}
		const answer = this.#buffer.subarray(this.#start, this.#at);
		this.#start = this.#at += END.length;
		return answer;
	}

	/** Bytes wait that belong to no whole answer yet. */
	get pending(): boolean {
		return this.#end > this.#start;
	}

	#isEnd(): boolean {
		const stop = this.#at + END.length;
		return stop <= this.#end && this.#buffer.compare(END, 0, END.length, this.#at, stop) === 0;
	}

	/** Bytes of the opcode at hand with its argument; null if too few bytes are there to tell. */
	#stepSize(): number | null {
		if (this.#at >= this.#end) return null;
		const op = this.#buffer[this.#at] as number;
		const shape = ARGUMENT[op];
		if (shape === undefined) {
			if (op === END[0] && this.#end - this.#at < END.length) return null;
			throw new ServerError('protocol', `The answer holds the unexpected opcode ${op}.`);
		}
		const rest = this.#end - this.#at - 1;
		switch (shape) {
			case LENGTH1:
				return rest < 1 ? null : 2 + (this.#buffer[this.#at + 1] as number);
			case LENGTH4:
				return rest < 4 ? null : 5 + this.#buffer.readUInt32LE(this.#at + 1);
			case LENGTH8:
			// A frame holds whole opcodes, so it is one step.
			case FRAMED:
				return rest < 8 ? null : 9 + Number(this.#buffer.readBigUInt64LE(this.#at + 1));
			case LINE:
				return this.#linesSize(1);
			case TWO_LINES:
				return this.#linesSize(2);
			default:
				return 1 + shape;
		}
	}

	#linesSize(lines: number): number | null {
		let end = this.#at;
		for (let line = 0; line < lines; line++) {
			end = this.#buffer.indexOf(0x0a, end + 1);
			if (end < 0 || end >= this.#end) {
				if (this.#end - this.#at > MAX_LINE)
					throw new ServerError('protocol', 'The answer holds too long a line.');
				return null;
			}
		}
		return end + 1 - this.#at;
	}

	/** Moves what belongs to no answer yet into new memory, so that answers handed out stay as they are. */
	#grow(more: number): void {
		const pending = this.#end - this.#start;
		const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_SIZE, 2 * (pending + more)));
		this.#buffer.copy(grown, 0, this.#start, this.#end);
		this.#buffer = grown;
		this.#at -= this.#start;
		this.#start = 0;
		this.#end = pending;
	}
}
