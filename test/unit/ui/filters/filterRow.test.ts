import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { FilterRow } from '../../../../src/contract/types.ts';
import {
	isListed,
	removeQuestion,
	renderUsers,
	renderWarnings,
} from '../../../../src/ui/filters/filterRow.ts';

const row: FilterRow = {
	name: 'proxmox',
	file: 'filter.d/proxmox.conf',
	origin: 'changed',
	fragment: false,
	'used-by': [
		{ jail: 'old', enabled: false, running: false },
		{ jail: 'pve', enabled: true, running: true },
	],
	warnings: 0,
	kinds: [],
	editable: true,
};
const unused: FilterRow = {
	...row,
	name: 'mine',
	'used-by': [{ jail: 'old', enabled: false, running: false }],
};

const cell = () => ({ tdCls: '', tdAttr: '', tdStyle: '' });
const record = (data: FilterRow) => ({ data }) as never;

describe('isListed', () => {
	it('hides what no enabled jail uses, if that is wanted', () => {
		expect(isListed(row, true, '')).toBe(true);
		expect(isListed(unused, true, '')).toBe(false);
		expect(isListed(unused, false, '')).toBe(true);
	});

	it('finds part of a name, file or jail in any case', () => {
		expect(isListed(row, true, ' PROX')).toBe(true);
		expect(isListed(row, true, 'pve')).toBe(true);
		expect(isListed(row, true, 'sshd')).toBe(false);
	});
});

describe('renderUsers', () => {
	it('names the jails that run, and the disabled ones in the tooltip', () => {
		const meta = cell();
		expect(renderUsers(null, meta, record(row))).toBe('pve');
		expect(meta.tdAttr).toContain('pve, old (disabled)');
	});
});

describe('renderWarnings', () => {
	it('tells good, unknown and bad filters apart', () => {
		expect(renderWarnings(0, cell(), record(row))).toContain('good');
		expect(renderWarnings(null, cell(), record(row))).toBe('-');
		expect(renderWarnings(2, cell(), record({ ...row, kinds: ['injectable'] }))).toContain('warning"></i> 2');
		expect(renderWarnings(1, cell(), record({ ...row, kinds: ['broken'] }))).toContain('critical');
	});

	it('calls no filter good that is only a part of others', () => {
		expect(renderWarnings(0, cell(), record({ ...row, fragment: true }))).toBe('-');
	});
});

describe('removeQuestion', () => {
	it('says what goes and which jails it concerns', () => {
		expect(removeQuestion(row)).toBe(
			"Reset filter 'proxmox' to its packaged version? filter.d/proxmox.local is removed. Used by: pve.",
		);
		expect(removeQuestion({ ...unused, origin: 'own', file: 'filter.d/mine.local' })).toBe(
			"Remove filter 'mine'? filter.d/mine.local is removed.",
		);
	});
});
