import type { Answer } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';

type Tagged = { [key: string]: Answer };

/** Names of Python's exception classes end so, re.error included. */
const EXCEPTION = /(?:Error|error|Exception|Interrupt|Exit|Iteration|Warning)$/;
const STR = new Set([
	'builtins.str',
	'__builtin__.unicode',
	'__builtin__.str',
	'fail2ban.server.ipdns.IPAddr',
]);
const SET = new Set(['builtins.set', '__builtin__.set', 'builtins.frozenset', '__builtin__.frozenset']);
const BYTES = new Set([
	'builtins.bytes',
	'__builtin__.bytes',
	'builtins.bytearray',
	'__builtin__.bytearray',
	'_codecs.encode',
]);

/** An object that no text from the server can give a prototype to. */
function tagged(fields: Tagged): Tagged {
	return Object.assign(Object.create(null), fields);
}

export function bytesOf(bytes: Buffer): Answer {
	return tagged({ $bytes: bytes.toString('base64') });
}

export function setOf(items: Answer[]): Answer {
	return tagged({ $set: items });
}

/** A global, named but never looked up. */
export function globalOf(module: Answer | undefined, name: Answer | undefined): Answer {
	if (typeof module !== 'string' || typeof name !== 'string') {
		throw new ServerError('protocol', 'The answer holds a global without a name.');
	}
	return tagged({ $global: `${module}.${name}` });
}

/** Whether a call of this global makes text of its one argument. */
export function isTextCall(callee: Answer): boolean {
	return isObject(callee) && typeof callee.$global === 'string' && STR.has(callee.$global);
}

/** What a call of a global is taken for. Only str and the containers are carried out. */
export function callOf(callee: Answer | undefined, args: Answer | undefined): Answer {
	const name = isObject(callee) ? callee.$global : undefined;
	if (typeof name !== 'string' || !Array.isArray(args)) {
		throw new ServerError('protocol', 'The answer holds an invalid call.');
	}
	const [first] = args;
	if (STR.has(name)) return args.length === 0 ? '' : textOf(first as Answer);
	if (SET.has(name) && args.length <= 1) {
		if (first === undefined) return setOf([]);
		if (Array.isArray(first)) return setOf(first);
	}
	if (BYTES.has(name)) {
		if (first === undefined) return bytesOf(Buffer.alloc(0));
		// Protocols below 3 write bytes as Latin-1 text to be encoded.
		if (typeof first === 'string') return bytesOf(Buffer.from(first, 'latin1'));
		if (isObject(first) && '$bytes' in first) return first;
	}
	if (EXCEPTION.test(name)) return tagged({ exception: name.slice(name.lastIndexOf('.') + 1), args });
	return tagged({ $global: name, args });
}

/** State that a BUILD opcode adds to an object. It is kept under `state` and changes nothing else. */
export function stateOf(target: Answer, state: Answer): void {
	if (!isObject(target)) throw new ServerError('protocol', 'The answer gives a state to a plain value.');
	target.state = state;
}

/** Appends to a list, a set, or an object of an unknown class that behaves like one. */
export function addItems(target: Answer, items: Answer[]): void {
	const list = Array.isArray(target) ? target : isObject(target) ? own(target, '$set', 'items') : undefined;
	if (!Array.isArray(list)) throw new ServerError('protocol', 'The answer appends to what is no list.');
	for (const item of items) list.push(item);
}

/** Sets a dict's item; a key that is no text becomes text. */
export function setItem(target: Answer, key: Answer, value: Answer): void {
	if (!isObject(target)) throw new ServerError('protocol', 'The answer sets an item of what is no dict.');
	target[keyOf(key)] = value;
}

function keyOf(key: Answer): string {
	if (typeof key === 'string') return key;
	if (Array.isArray(key) && key.every((part) => part === null || typeof part !== 'object')) {
		return key.map(String).join(', ');
	}
	if (key !== null && typeof key === 'object') {
		throw new ServerError('protocol', 'The answer holds a key that is no plain value.');
	}
	return String(key);
}

function textOf(value: Answer): Answer {
	if (typeof value === 'string') return value;
	if (value === null || typeof value !== 'object') return String(value);
	throw new ServerError('protocol', 'The answer makes text of what is no plain value.');
}

function own(target: Tagged, set: string, list: string): Answer | undefined {
	if (set in target) return target[set];
	if ('$global' in target) target[list] ??= [];
	return target[list];
}

function isObject(value: Answer | undefined): value is Tagged {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
