import { describe, expect, it } from 'vitest';
import { isPackageName, isReadWhenMade, isUsedFile } from '../../../src/backend/config/usedFile.ts';

describe('isUsedFile', () => {
	it.each([
		'jail.conf',
		'jail.local',
		'paths-debian.conf',
		'jail.d/a b.local',
		'action.d/smtp.py',
		'filter.d/ignorecommands/x',
	])('knows %s', (name) => expect(isUsedFile(name)).toBe(true));

	it.each([
		'README',
		'jail.conf.dpkg-old',
		'jail.d/.x.local',
		'jail.d/sub/x.conf',
		'other.d/x.conf',
		'x.py',
		'../jail.conf',
		'jail.d/../x.conf',
	])('passes over %s', (name) => expect(isUsedFile(name)).toBe(false));
});

it('takes all but .local files for those of a package', () => {
	expect(['jail.conf', 'action.d/x.py', 'jail.local', 'README'].map(isPackageName)).toEqual([
		true,
		true,
		false,
		false,
	]);
});

it('knows which new .local files would be read', () => {
	const exists = (name: string) => name === 'paths-debian.conf';
	const read = ['jail.local', 'fail2ban.local', 'filter.d/new.local', 'paths-debian.local'];
	for (const name of read) expect([name, isReadWhenMade(name, exists)]).toEqual([name, true]);
	for (const name of ['sshd.local', 'jail.d/.x.local', 'x/y.local'])
		expect([name, isReadWhenMade(name, exists)]).toEqual([name, false]);
});
