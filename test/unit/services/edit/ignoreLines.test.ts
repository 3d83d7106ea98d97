import { describe, expect, it } from 'vitest';
import {
	entryKey,
	type IgnoreLine,
	parseComment,
	readEntries,
	withEntries,
	withoutEntries,
	writeComment,
} from '../../../../src/backend/services/edit/ignoreLines.ts';

const stamp = { added: Date.UTC(2026, 10, 23, 10) / 1000, user: 'root@pam' };

function line(value: string, comment = ''): IgnoreLine {
	return { value, comment };
}

describe('the comment of an entry', () => {
	it('holds text, time and user', () => {
		const written = writeComment('office (new)', stamp);
		expect(written).toBe('office (new) (2026-11-23T10:00:00Z root@pam)');
		expect(parseComment(written)).toEqual({ comment: 'office (new)', ...stamp });
	});

	it('may be empty, or of somebody else', () => {
		expect(writeComment('', stamp)).toBe('(2026-11-23T10:00:00Z root@pam)');
		expect(parseComment('(2026-11-23T10:00:00Z root@pam)')).toEqual({ comment: '', ...stamp });
		expect(parseComment('our VPN (old)')).toEqual({ comment: 'our VPN (old)', added: null, user: null });
	});

	it('cannot be forged by its text', () => {
		const written = writeComment('x (2020-01-01T00:00:00Z evil@pve)', stamp);
		expect(parseComment(written)).toMatchObject(stamp);
	});
});

describe('readEntries', () => {
	it('reads entries written by hand: several on a line, commas, doubles', () => {
		const entries = readEntries([
			line('127.0.0.1/8, ::1', 'local'),
			line('10.0.0.1 host.example'),
			line('10.0.0.1/32'),
		]);
		expect(entries.map(({ text, comment }) => [text, comment])).toEqual([
			['127.0.0.1/8', 'local'],
			['::1', 'local'],
			['10.0.0.1', ''],
			['host.example', ''],
		]);
	});
});

describe('entryKey', () => {
	it('is one for all ways to write a network', () => {
		expect(new Set(['10.0.0.5/24', '10.0.0.0/24', '::ffff:10.0.0.9/120'].map(entryKey)).size).toBe(1);
		expect(entryKey('Host.example')).not.toBe(entryKey('host.example'));
	});
});

describe('withEntries', () => {
	it('adds a line of its own and leaves the others alone', () => {
		const lines = [line('127.0.0.1/8 ::1', 'by hand')];
		expect(withEntries(lines, ['10.0.0.0/24'], 'office', stamp)).toEqual([
			line('127.0.0.1/8 ::1', 'by hand'),
			line('10.0.0.0/24', 'office (2026-11-23T10:00:00Z root@pam)'),
		]);
	});

	it('begins a new value on the line below the option', () => {
		expect(withEntries([], ['::1'], undefined, stamp)).toEqual([
			line(''),
			line('::1', '(2026-11-23T10:00:00Z root@pam)'),
		]);
	});

	it('replaces the comment of an entry and keeps when it was added', () => {
		const lines = [line(''), line('10.0.0.0/24', 'old (2020-01-01T00:00:00Z admin@pve)')];
		expect(withEntries(lines, ['10.0.0.1/24'], 'new', stamp)[1]).toEqual(
			line('10.0.0.0/24', 'new (2020-01-01T00:00:00Z admin@pve)'),
		);
	});

	it('gives an entry that shares a line one of its own for its comment', () => {
		expect(withEntries([line('10.0.0.1 10.0.0.2 10.0.0.3', 'all')], ['10.0.0.2'], 'two', stamp)).toEqual([
			line('10.0.0.1 10.0.0.3', 'all'),
			line('10.0.0.2', 'two (2026-11-23T10:00:00Z root@pam)'),
		]);
	});

	it('changes nothing without a comment, or with the one that is there', () => {
		const lines = [line('10.0.0.1', 'x')];
		expect(withEntries(lines, ['10.0.0.1', '10.0.0.1'], undefined, stamp)).toEqual(lines);
		expect(withEntries(lines, ['10.0.0.1'], ' x ', stamp)).toEqual(lines);
	});
});

describe('withoutEntries', () => {
	it('removes the line of an entry, or just the entry from a shared one', () => {
		const lines = [line(''), line('10.0.0.1', 'a'), line('10.0.0.2, 10.0.0.3', 'b')];
		expect(withoutEntries(lines, new Set([entryKey('10.0.0.1')]))).toEqual([
			line(''),
			line('10.0.0.2, 10.0.0.3', 'b'),
		]);
		expect(withoutEntries(lines, new Set([entryKey('10.0.0.2')]))).toEqual([
			line(''),
			line('10.0.0.1', 'a'),
			line('10.0.0.3', 'b'),
		]);
	});

	it('leaves an empty value behind the last entry, so that no other file’s value comes back', () => {
		expect(withoutEntries([line('10.0.0.1', 'a')], new Set(['10.0.0.1']))).toEqual([line('')]);
	});
});
