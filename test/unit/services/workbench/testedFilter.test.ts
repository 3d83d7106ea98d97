import { describe, expect, it } from 'vitest';
import { type FilterParams, testedFilter } from '../../../../src/backend/services/workbench/testedFilter.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

const config = new FakeConfig({
	'filter.d/web.conf': `[INCLUDES]
before = common.conf
[Definition]
prefregex = ^<F-CONTENT>.+</F-CONTENT>$
failregex = ^%(__start)s <HOST>$
	^<mode> second <HOST>$
ignoreregex = ignored
[Init]
mode = normal
`,
	'filter.d/common.conf': '[DEFAULT]\n__start = start\n[Definition]\n',
	'filter.d/web.d/more.local': '[Definition]\nignoreregex = later\n',
	'jail.d/test.local': `[web]
filter = web[mode=%(mode)s]
mode = strict
logpath = /var/log/web.log
action = mail[password="hunter2"]
[over]
filter = web
failregex = ^from the jail <HOST>
action = mail[password="hunter2"]
[unreadable]
filter = nosuch
`,
});

const filter = (params: FilterParams, journal = false) => testedFilter(config.snapshot(), params, journal);

function errors(params: FilterParams): Record<string, string> {
	try {
		filter(params);
	} catch (error) {
		return (error as { errors: Record<string, string> }).errors;
	}
	throw new Error('no fault');
}

describe('testedFilter', () => {
	it('is the filter of the jail, with its arguments and what the jail sets over it', () => {
		expect(filter({ jail: 'web' })).toMatchObject({
			prefregex: '^<F-CONTENT>.+</F-CONTENT>$',
			failregex: ['^start <HOST>$', '^strict second <HOST>$'],
			ignoreregex: ['later'],
		});
		expect(filter({ jail: 'web', mode: 'loose' }).failregex[1]).toBe('^loose second <HOST>$');
		expect(filter({ jail: 'over' }).failregex).toContain('^from the jail <HOST>');
	});

	it('is the filter that is named, without what a jail sets over it', () => {
		const expected = ['^start <HOST>$', '^normal second <HOST>$'];
		expect(filter({ filter: 'web' }).failregex).toEqual(expected);
		expect(filter({ jail: 'over', filter: 'web' }).failregex).toEqual(expected);
		expect(filter({ filter: 'web', mode: 'x' }).failregex[1]).toBe('^x second <HOST>$');
	});

	it('puts typed text in the place of every value that the filter and the jail have', () => {
		for (const base of [{ jail: 'web' }, { jail: 'over' }, { filter: 'web' }]) {
			const typed = filter({
				...base,
				failregex: '\n ^%(__start)s typed <HOST> \n\n',
				ignoreregex: '',
				maxlines: 3,
			});
			expect(typed).toMatchObject({ failregex: ['^start typed <HOST>'], ignoreregex: [], maxlines: 3 });
			expect(typed.prefregex).toBe('^<F-CONTENT>.+</F-CONTENT>$');
		}
	});

	it('needs neither jail nor filter', () => {
		expect(filter({ failregex: 'a <HOST>\nb <HOST>', datepattern: '%%Y' })).toMatchObject({
			failregex: ['a <HOST>', 'b <HOST>'],
			prefregex: '',
			datepattern: '%Y',
			maxlines: 1,
		});
	});

	it('gives typed text no way to the secrets of the jail', () => {
		for (const name of ['action', 'web/action', 'known/action', 'default/action']) {
			for (const jail of ['web', 'over'])
				expect(errors({ jail, failregex: `^%(${name})s <HOST>` }).failregex).toMatch(/nothing/);
		}
	});

	it('can write nothing but the option', () => {
		const typed = 'x <HOST>\n[INCLUDES]\nbefore = /etc/shadow';
		expect(filter({ filter: 'web', failregex: typed }).failregex).toEqual([
			'x <HOST>',
			'[INCLUDES]',
			'before = /etc/shadow',
		]);
	});

	it.each([
		[{}, 'failregex', /no expression/],
		[{ filter: 'nosuch' }, 'filter', /no filter 'nosuch'/],
		[{ jail: 'unreadable' }, 'jail', /nosuch/],
		[{ jail: 'gone' }, 'jail', /no jail 'gone'/],
		[{ failregex: '<HOST> 100%' }, 'failregex', /%/],
		[{ failregex: '<HOST> %(x)s' }, 'failregex', /x/],
		[{ failregex: '<HOST> a ; b' }, 'failregex', /./],
		[{ failregex: '# <HOST>' }, 'failregex', /./],
	] as [FilterParams, string, RegExp][])('names the fault of %j', (params, name, message) => {
		expect(errors(params)[name]).toMatch(message);
	});
});
