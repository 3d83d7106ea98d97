import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ServerError } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import { decodePickle, encodeRequest } from '../../../src/backend/fail2ban/pickle.ts';

/** A value as Python builds it: what JSON cannot say is tagged. */
type Spec =
	| null
	| boolean
	| string
	| { int: string }
	| { float: string }
	| { bytes: string }
	| { list: Spec[] }
	| { tuple: Spec[] }
	| { set: string[] }
	| { twice: Spec }
	| { dict: [string, Spec][] };

const PICKLER = `
import base64, json, pickle, sys
def build(s):
    if s is None or isinstance(s, (bool, str)): return s
    (kind, v), = s.items()
    if kind == 'int': return int(v)
    if kind == 'float': return float(v)
    if kind == 'bytes': return base64.b64decode(v)
    if kind == 'list': return [build(x) for x in v]
    if kind == 'tuple': return tuple(build(x) for x in v)
    if kind == 'set': return set(v)
    if kind == 'twice':
        x = build(v)
        return [x, x]
    return {k: build(x) for k, x in v}
for line in sys.stdin:
    value = build(json.loads(line))
    print(json.dumps([base64.b64encode(pickle.dumps(value, p)).decode() for p in range(6)]), flush=True)
`;

let python: ChildProcessWithoutNullStreams;
let lines: AsyncIterator<string>;
beforeAll(() => {
	python = spawn('/usr/bin/python3', ['-I', '-c', PICKLER]);
	lines = createInterface(python.stdout)[Symbol.asyncIterator]();
});
afterAll(() => {
	python.stdin.end();
});

/** What Python pickles of this value, in protocols 0 to 5. */
async function pickles(spec: Spec): Promise<Buffer[]> {
	python.stdin.write(`${JSON.stringify(spec)}\n`);
	const { value } = await lines.next();
	return (JSON.parse(value) as string[]).map((text) => Buffer.from(text, 'base64'));
}

const text = fc.string({ unit: 'binary', maxLength: 20 });
const anyText = fc.oneof(
	text,
	fc.constantFrom('', 'é\n\\u0041', '<F2B_END_COMMAND>', '__proto__', 'x'.repeat(300), '\u{1f512}'),
);
const { spec } = fc.letrec<{ spec: Spec }>((tie) => ({
	spec: fc.oneof(
		{ maxDepth: 4, depthSize: 'small' },
		fc.constantFrom<Spec>(null, true, false),
		anyText,
		fc.bigInt({ min: -(2n ** 2100n), max: 2n ** 2100n }).map((n) => ({ int: n.toString() })),
		fc.integer().map((n) => ({ int: n.toString() })),
		fc
			.double({ noNaN: true })
			.map((n) => ({ float: Object.is(n, -0) ? '-0.0' : String(n).replace('Infinity', 'inf') })),
		fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes: Buffer.from(bytes).toString('base64') })),
		fc.array(tie('spec'), { maxLength: 5 }).map((list) => ({ list })),
		fc.array(tie('spec'), { maxLength: 5 }).map((tuple) => ({ tuple })),
		fc.uniqueArray(anyText, { maxLength: 1 }).map((set) => ({ set })),
		tie('spec').map((twice) => ({ twice })),
		fc
			.uniqueArray(fc.tuple(anyText, tie('spec')), { maxLength: 5, selector: ([key]) => key })
			.map((dict) => ({ dict })),
	),
}));

/** The same value as the decoder must give it. */
function expected(value: Spec): Answer {
	if (value === null || typeof value !== 'object') return value;
	if ('int' in value) {
		return Number.isSafeInteger(Number(value.int)) ? Number(value.int) : BigInt(value.int);
	}
	if ('float' in value) return Number(value.float.replace('inf', 'Infinity'));
	if ('bytes' in value) return { $bytes: value.bytes };
	if ('list' in value) return value.list.map(expected);
	if ('tuple' in value) return value.tuple.map(expected);
	if ('set' in value) return { $set: value.set };
	if ('twice' in value) return [expected(value.twice), expected(value.twice)];
	const object = Object.create(null);
	for (const [key, item] of value.dict) object[key] = expected(item);
	return object;
}

function failure(act: () => unknown): unknown {
	try {
		act();
	} catch (error) {
		return error;
	}
	return undefined;
}

describe('decodePickle', () => {
	test('gives the value that Python pickled, in every protocol', async () => {
		await fc.assert(
			fc.asyncProperty(spec, async (value) => {
				for (const bytes of await pickles(value)) expect(decodePickle(bytes)).toEqual(expected(value));
			}),
			{ numRuns: 300 },
		);
	});

	test('refuses a pickle that is cut anywhere', async () => {
		await fc.assert(
			fc.asyncProperty(spec, fc.nat(), async (value, at) => {
				for (const bytes of await pickles(value)) {
					const error = failure(() => decodePickle(bytes.subarray(0, at % bytes.length)));
					expect(error).toBeInstanceOf(ServerError);
					expect(error).toHaveProperty('code', 'protocol');
				}
			}),
			{ numRuns: 100 },
		);
	});

	test('answers changed bytes with a value or a protocol error, nothing else', async () => {
		await fc.assert(
			fc.asyncProperty(spec, fc.nat(), fc.nat(255), async (value, at, byte) => {
				for (const bytes of await pickles(value)) {
					bytes[at % bytes.length] = byte;
					const error = failure(() => decodePickle(bytes));
					if (error !== undefined) expect(error).toHaveProperty('code', 'protocol');
				}
			}),
			{ numRuns: 300 },
		);
	});

	test('answers random bytes with a value or a protocol error, nothing else', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				const error = failure(() => decodePickle(Buffer.from(bytes)));
				if (error !== undefined) expect(error).toHaveProperty('code', 'protocol');
			}),
			{ numRuns: 500 },
		);
	});

	test.each([
		['a list that holds itself', ']\x94h\x00a.'],
		['nesting without end', `${']'.repeat(100_000)}${'a'.repeat(99_999)}.`],
		['nested tuples', `N${'\x85'.repeat(100_000)}.`],
		['a number of a million digits', `L${'9'.repeat(1_000_000)}L\n.`],
		['a text longer than the answer', 'X\xff\xff\xff\xff.'],
		['a text longer than memory', '\x8d\xff\xff\xff\xff\xff\xff\xff\xff.'],
		['a million dicts', `(${'}'.repeat(1_000_000)}t.`],
		['two values', 'NN.'],
		['bytes behind the end', 'N.N'],
		['nothing', ''],
		['a value below a mark', 'N(\x85.'],
		['an append to a number', 'K\x01Na.'],
		['an item of a list', ']NNs.'],
		['an unhashable key', '}}Ns.'],
		['a float that is a word', 'Fconstructor\n.'],
		['a persistent id', 'Pfoo\n.'],
		['a protocol to come', '\x80\x06N.'],
	])('refuses %s', (_, pickle) => {
		expect(failure(() => decodePickle(Buffer.from(pickle, 'latin1')))).toHaveProperty('code', 'protocol');
	});

	test('refuses few bytes that unfold to a billion values', () => {
		// each list holds the one before ten times
		let bomb = ']\x94';
		for (let level = 0; level < 9; level++) bomb += `](${`h${String.fromCharCode(level)}`.repeat(10)}e\x94`;
		const pickle = Buffer.from(`(${bomb}t.`, 'latin1');
		expect(failure(() => decodePickle(pickle))).toHaveProperty('code', 'protocol');
	});

	test('names a global and never runs its call', () => {
		const call = Buffer.from('cos\nsystem\n(Vtouch /tmp/x\ntR.', 'latin1');
		expect(decodePickle(call)).toEqual({ $global: 'os.system', args: ['touch /tmp/x'] });
		expect(decodePickle(Buffer.from('cos\nsystem\n.', 'latin1'))).toEqual({ $global: 'os.system' });
	});

	test('takes the call that makes an address a text', () => {
		const address = Buffer.from('\x80\x05\x8c\x08builtins\x8c\x03str\x93\x8c\x091.2.3.4/8\x85R.', 'latin1');
		expect(decodePickle(address)).toBe('1.2.3.4/8');
	});

	test('gives exceptions by their name and arguments', () => {
		const error = Buffer.from('cfail2ban.exceptions\nUnknownJailException\n(Vnope\ntR.', 'latin1');
		expect(decodePickle(error)).toEqual({ exception: 'UnknownJailException', args: ['nope'] });
		const regex = Buffer.from('cre\nerror\n(Vbad\ntR}Vpos\nI3\nsb.', 'latin1');
		expect(decodePickle(regex)).toEqual({ exception: 'error', args: ['bad'], state: { pos: 3 } });
	});

	test('gives a dict no prototype, whatever its keys', () => {
		const value = decodePickle(Buffer.from('}V__proto__\n}Vpolluted\nI01\nss.', 'latin1')) as Record<
			string,
			unknown
		>;
		expect(Object.keys(value)).toEqual(['__proto__']);
		expect(Object.getPrototypeOf(value)).toBe(null);
		expect(({} as Record<string, unknown>).polluted).toBe(undefined);
	});
});

describe('encodeRequest', () => {
	test('writes a list of texts that reads back the same', () => {
		fc.assert(
			fc.property(fc.array(anyText.filter((word) => !word.includes('<F2B_END_COMMAND>'))), (words) => {
				const request = encodeRequest(words);
				expect(request.subarray(-17).toString()).toBe('<F2B_END_COMMAND>');
				expect(decodePickle(request.subarray(0, -17))).toEqual(words);
			}),
			{ numRuns: 200 },
		);
	});

	test('refuses a word that holds the end of a request', () => {
		expect(failure(() => encodeRequest(['echo', 'a<F2B_END_COMMAND>b']))).toHaveProperty('code', 'refused');
	});
});
