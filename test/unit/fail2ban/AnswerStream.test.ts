import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerStream } from '../../../src/backend/fail2ban/AnswerStream.ts';
import { END } from '../../../src/backend/fail2ban/pickle.ts';

const pickle = (latin1: string) => Buffer.from(latin1, 'latin1');
const answers = [
	pickle('\x80\x05K\x00N\x86.'),
	// a text that holds the terminator, with and without a frame
	pickle('\x80\x05\x95\x17\x00\x00\x00\x00\x00\x00\x00\x8c\x13.<F2B_END_COMMAND>.\x94.'),
	pickle('\x80\x02X\x13\x00\x00\x00.<F2B_END_COMMAND>.q\x00.'),
	pickle('\x8d\x13\x00\x00\x00\x00\x00\x00\x00.<F2B_END_COMMAND>..'),
	pickle('cbuiltins\nKeyError\n(V<F2B_END_COMMAND>\np0\ntR.'),
	pickle('C\x11<F2B_END_COMMAND>.'),
];

/** All answers of a stream that arrives in these pieces. */
function cut(chunks: Iterable<Buffer>, maxAnswer = 1_000_000): { answers: Buffer[]; pending: boolean } {
	const stream = new AnswerStream(maxAnswer);
	const found: Buffer[] = [];
	for (const chunk of chunks) {
		stream.push(chunk);
		for (let answer = stream.next(); answer !== null; answer = stream.next()) found.push(answer);
	}
	return { answers: found, pending: stream.pending };
}

describe('AnswerStream', () => {
	test('finds each answer, however the bytes arrive and whatever its texts hold', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...answers), { maxLength: 20 }),
				fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
				(sent, sizes) => {
					const bytes = Buffer.concat(sent.flatMap((answer) => [answer, END]));
					const chunks: Buffer[] = [];
					for (let at = 0; at < bytes.length; ) {
						const size = sizes.next().value as number;
						chunks.push(bytes.subarray(at, at + size));
						at += size;
					}
					expect(cut(chunks)).toEqual({ answers: sent, pending: false });
				},
			),
			{ numRuns: 200 },
		);
	});

	test('leaves an answer as it was when more bytes arrive', () => {
		const stream = new AnswerStream(1_000_000);
		stream.push(Buffer.concat([answers[0] as Buffer, END]));
		const first = stream.next();
		for (let i = 0; i < 5000; i++) stream.push(Buffer.concat([answers[4] as Buffer, END]));
		expect(first).toEqual(answers[0]);
	});

	test('says that bytes wait for the rest of their answer', () => {
		expect(cut([pickle('\x80\x05K\x00N\x86.<F2B_END_COM')])).toEqual({ answers: [], pending: true });
	});

	test.each([
		['bytes that are no opcode', '\x80\x05\x00'],
		['text instead of a pickle', 'HTTP/1.1 400 Bad Request\r\n'],
		['a terminator that goes wrong', 'N.<F2B_END_COMMONS>'],
	])('refuses %s at once', (_, bytes) => {
		expect(() => cut([pickle(bytes)])).toThrow('unexpected opcode');
	});

	test.each([
		['an answer beyond the bound', 'N'.repeat(200)],
		['a text that says it will be', 'X\xff\x00\x00\x00'],
		['a frame that says it will be', '\x95\xff\xff\xff\xff\xff\xff\xff\xff'],
		['a line without end', `V${'x'.repeat(200)}`],
	])('refuses %s before it is there', (_, bytes) => {
		expect(() => cut([pickle(bytes)], 100)).toThrow('larger than 100 bytes');
	});

	test('counts the bound for each answer, not for the connection', () => {
		const bytes = Buffer.concat(Array.from({ length: 50 }, () => [answers[0] as Buffer, END]).flat());
		expect(cut([bytes], 30).answers).toHaveLength(50);
	});
});
