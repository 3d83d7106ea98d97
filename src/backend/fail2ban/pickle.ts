import type { Answer } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';
import { PickleMachine } from './PickleMachine.ts';
import { OP } from './pickleOpcodes.ts';

/** Ends each request and each answer on fail2ban's socket. */
export const END = Buffer.from('<F2B_END_COMMAND>');
/** Asks the server to close the connection. */
export const CLOSE = Buffer.from('<F2B_CLOSE_COMMAND><F2B_END_COMMAND>');

/** How deep an answer may be nested; fail2ban's own go to 6. */
const MAX_DEPTH = 64;

/**
 * A request: the pickle (protocol 4) of a list of strings, with its terminator.
 * @throws ServerError 'refused' for a word that holds the terminator: the server would cut the request there.
 */
export function encodeRequest(words: readonly string[]): Buffer {
	const parts: Buffer[] = [Buffer.from([OP.PROTO, 4, OP.EMPTY_LIST, OP.MARK])];
	for (const word of words) {
		const text = Buffer.from(word, 'utf8');
		if (text.includes(END)) {
			throw new ServerError('refused', `An argument holds the reserved text ${END}.`);
		}
		if (text.length < 256) {
			parts.push(Buffer.from([OP.SHORT_BINUNICODE, text.length]), text);
		} else {
			const head = Buffer.alloc(5, OP.BINUNICODE);
			head.writeUInt32LE(text.length, 1);
			parts.push(head, text);
		}
	}
	parts.push(Buffer.from([OP.APPENDS, OP.STOP]), END);
	return Buffer.concat(parts);
}

/**
 * The value of a pickle (protocols 0 to 5), without running anything it asks for.
 *
 * Lists and tuples become arrays, dicts objects without a prototype. A whole number beyond 2^53 is a bigint.
 * Bytes are `{ $bytes: base64 }`, sets `{ $set: […] }`. Nothing global is ever resolved: it appears as
 * `{ $global: 'module.name' }`, a call of it as `{ $global, args }`, an exception as
 * `{ exception: 'KeyError', args }`. Only a call of str is carried out, since fail2ban sends addresses so.
 *
 * @throws ServerError 'protocol' for anything that is not one whole, finite, acyclic value.
 */
export function decodePickle(bytes: Buffer): Answer {
	const value = new PickleMachine(bytes).run();
	// Memo entries let few bytes describe an endless or astronomically large value, so its real size counts.
	let budget = Math.min(4 * bytes.length + 100_000, 10_000_000);
	const walk = (node: Answer, depth: number): void => {
		if (--budget < 0) throw new ServerError('protocol', 'The answer is larger than its bytes explain.');
		if (node === null || typeof node !== 'object') return;
		if (depth > MAX_DEPTH) throw new ServerError('protocol', 'The answer is nested too deeply.');
		if (Array.isArray(node)) for (const item of node) walk(item, depth + 1);
		else for (const key in node) walk(node[key] as Answer, depth + 1);
	};
	walk(value, 0);
	return value;
}
