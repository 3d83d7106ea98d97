import { describe, expect, it } from 'vitest';
import { dpkgFiles, parseConffiles } from '../../../src/backend/files/packageFiles.ts';

const md5 = (digit: string) => digit.repeat(32);
const status = `Package: fail2ban
Status: install ok installed
Conffiles:
 /etc/default/fail2ban ${md5('1')}
 /etc/fail2ban/jail.conf ${md5('2')}
 /etc/fail2ban/action.d/old.conf ${md5('3')} obsolete
 /etc/fail2ban/jail.d/a b.conf ${md5('4')}
Description: daemon

Package: other
Conffiles:
 /etc/fail2ban/filter.d/other.conf ${md5('5')}
 /etc/fail2banned/x.conf ${md5('6')}
`;

describe('parseConffiles', () => {
	it('finds the files below the folder, of whatever package', () => {
		expect(Object.fromEntries(parseConffiles(status, '/etc/fail2ban'))).toEqual({
			'jail.conf': { package: 'fail2ban', md5: md5('2') },
			'jail.d/a b.conf': { package: 'fail2ban', md5: md5('4') },
			'filter.d/other.conf': { package: 'other', md5: md5('5') },
		});
	});

	it('knows nothing of a private folder', () => {
		expect(parseConffiles(status, '/tmp/x/etc').size).toBe(0);
	});
});

describe('dpkgFiles', () => {
	it('reads the record again only when it changed', () => {
		let reads = 0;
		let time: number | null = 1;
		const read = () => {
			reads++;
			return status;
		};
		const files = dpkgFiles('/etc/fail2ban', read, () => time);
		expect([files().size, files().size, reads]).toEqual([3, 3, 1]);
		time = 2;
		expect([files().size, reads]).toEqual([3, 2]);
	});

	it('does without dpkg', () => {
		expect(
			dpkgFiles(
				'/etc/fail2ban',
				() => null,
				() => null,
			)().size,
		).toBe(0);
	});
});
