import { describe, expect, it } from 'vitest';
import type { FilterDetail, OptionValue } from '../../../../src/contract/types.ts';
import {
	changedTexts,
	type FilterTexts,
	type SourceChoice,
	saveParams,
	testParams,
	textsOf,
} from '../../../../src/ui/workbench/testParams.ts';

const option = (raw: string, own = false, inherited?: string): OptionValue => ({
	value: `resolved ${raw}`,
	raw,
	file: 'filter.d/x.conf',
	line: 1,
	origin: own ? 'admin' : 'stock',
	own,
	overrides:
		inherited === undefined ? [] : [{ value: inherited, raw: inherited, file: 'filter.d/x.conf', line: 1 }],
	editable: true,
	'blocked-by': null,
	target: 'filter.d/x.local',
});

const filter: FilterDetail = {
	name: 'proxmox',
	digest: '0'.repeat(40),
	file: 'filter.d/proxmox.conf',
	origin: 'changed',
	fragment: false,
	editable: true,
	'used-by': [{ jail: 'pve', enabled: true, running: true }],
	files: [],
	includes: [],
	options: { failregex: option('^%(a)s <HOST>$', true, '^<HOST>'), maxlines: option('2', true) },
	failregex: [],
	ignoreregex: [],
	prefregex: null,
	datepattern: null,
	journalmatch: [],
	maxlines: 2,
	parameters: [],
	problem: null,
	warnings: [],
};
const saved: FilterTexts = textsOf(filter);
const fromJail: SourceChoice = {
	source: 'jail',
	jail: 'pve',
	journalmatch: 'A=b',
	file: '/var/log/a',
	text: 'line',
	since: '1d',
};

describe('textsOf', () => {
	it('takes what the file says, not what it comes to', () => {
		expect(saved.failregex).toBe('^%(a)s <HOST>$');
		expect(saved.ignoreregex).toBe('');
	});

	it('is empty for a new filter', () => {
		expect(Object.values(textsOf(undefined)).join('')).toBe('');
	});
});

describe('changedTexts', () => {
	it('leaves out what is as saved, white space at the ends aside', () => {
		expect(changedTexts(filter, { ...saved, failregex: ` ${saved.failregex}\n`, ignoreregex: 'x' })).toEqual({
			ignoreregex: 'x',
		});
	});
});

describe('testParams', () => {
	it('names only the jail where the jail uses the filter, so that its arguments hold', () => {
		expect(testParams(filter, saved, fromJail, '')).toEqual({ source: 'jail', jail: 'pve', since: '1d' });
	});

	it('names the filter where the jail uses another one', () => {
		expect(testParams(filter, saved, { ...fromJail, jail: 'sshd' }, 'aggressive')).toEqual({
			filter: 'proxmox',
			mode: 'aggressive',
			source: 'jail',
			jail: 'sshd',
			since: '1d',
		});
	});

	it('sends what was typed, an emptied option too', () => {
		const params = testParams(filter, { ...saved, failregex: '' }, { ...fromJail, source: 'text' }, '');
		expect(params).toEqual({ filter: 'proxmox', failregex: '', source: 'text', text: 'line' });
	});

	it('sends no empty number, and takes the journal match from the source, not from the filter', () => {
		const typed = { ...saved, maxlines: '', journalmatch: 'C=d' };
		expect(testParams(filter, typed, { ...fromJail, source: 'journalmatch' }, '')).toEqual({
			filter: 'proxmox',
			source: 'journalmatch',
			journalmatch: 'A=b',
			since: '1d',
		});
	});

	it('sends all expressions of a filter that does not exist yet', () => {
		const typed = { ...textsOf(undefined), failregex: 'x <HOST>' };
		expect(testParams(undefined, typed, { ...fromJail, source: 'file', since: '' }, '')).toEqual({
			failregex: 'x <HOST>',
			source: 'file',
			file: '/var/log/a',
		});
	});
});

describe('saveParams', () => {
	it('sends what was changed', () => {
		expect(saveParams(filter, { ...saved, failregex: 'new <HOST>' })).toEqual({ failregex: 'new <HOST>' });
	});

	it('gives an option back that was made what the package says, or emptied', () => {
		expect(saveParams(filter, { ...saved, failregex: '^<HOST>', maxlines: '' })).toEqual({
			delete: 'failregex,maxlines',
		});
	});
});
