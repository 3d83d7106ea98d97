import { describe, expect, it } from 'vitest';
import { JailConfig } from '../../../../src/backend/config/layers.ts';
import { pamGuard, sshdGuard } from '../../../../src/backend/config/shippedFilterGuards.ts';
import { guardOptions } from '../../../../src/backend/services/protection/filterGuard.ts';
import { memorySource } from '../../../support/memorySource.ts';

const filters = {
	'filter.d/sshd.conf': '[Definition]\nfailregex = ^a <HOST>$\nignoreregex =\njournalmatch = _COMM=sshd\n',
	'filter.d/pam-generic.conf': '[Definition]\nfailregex = ^a <HOST>$\nignoreregex =\n',
	'filter.d/mine.conf': '[Definition]\nfailregex = ^a <HOST>$\n',
	'jail.conf': '[DEFAULT]\nbackend = systemd\nfilter = %(__name__)s\n\n[sshd]\n\n[pam-generic]\n\n[mine]\n',
};
const options = (files: Record<string, string>, jail: string, journal = true) =>
	Object.fromEntries(
		guardOptions(
			new JailConfig(memorySource({ ...filters, ...files }), '/etc/fail2ban', '1.1.0'),
			jail,
			journal,
		),
	);

describe('guardOptions', () => {
	it('guards the two filters whose expressions it knows, and no other', () => {
		expect(options({}, 'sshd')).toEqual({
			ignoreregex: sshdGuard.ignoreregex.join('\n'),
			journalmatch: sshdGuard.journalmatch,
		});
		expect(options({}, 'pam-generic')).toMatchObject({ journalmatch: pamGuard.journalmatch });
		expect(options({}, 'mine')).toEqual({});
		expect(options({ 'jail.local': '[sshd]\nfilter = mine\n' }, 'sshd')).toEqual({});
	});

	it('keeps the expressions of the admin before its own', () => {
		const own = '[sshd]\nignoreregex = ^100%% mine$\n\t^other$\n';
		const { ignoreregex } = options({ 'jail.local': own }, 'sshd');
		expect(ignoreregex).toBe(['^100%% mine$', '^other$', ...sshdGuard.ignoreregex].join('\n'));
		const inFilter = { 'filter.d/sshd.local': '[Definition]\nignoreregex = ^mine$\n' };
		expect(options(inFilter, 'sshd').ignoreregex).toMatch(/^\^mine\$\n/);
	});

	it('asks for nothing that holds already', () => {
		const lines = sshdGuard.ignoreregex.join('\n\t');
		const own = `[sshd]\nignoreregex = ${lines}\njournalmatch = _UID=0\n`;
		expect(options({ 'jail.d/sshd.local': own }, 'sshd')).toEqual({});
	});

	it('names fields of the journal only for a jail that reads it', () => {
		expect(options({}, 'sshd', false)).not.toHaveProperty('journalmatch');
	});
});
