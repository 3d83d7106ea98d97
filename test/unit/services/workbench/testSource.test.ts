import { describe, expect, it } from 'vitest';
import { type SourceParams, testSource } from '../../../../src/backend/services/workbench/testSource.ts';
import { FakeConfig } from '../support/FakeConfig.ts';

const now = 1_000_000_000_000;
const config = new FakeConfig({
	'fail2ban.conf': '[Definition]\nlogtarget = /var/log/fail2ban.log\n',
	'jail.d/test.local': `[DEFAULT]
backend = systemd[journalpath=/srv/journal]
[web]
filter = sshd
backend = polling
logpath = /var/log/web/*.log tail
	/var/log/[ab]?.log
logencoding = latin1
[journal]
filter = sshd
backend = systemd[journalpath=/srv/journal, journalflags=1]
journalmatch = _SYSTEMD_UNIT=a.service + _COMM=b
	_SYSTEMD_UNIT="c d.service"
[bare]
filter = sshd
backend = auto
`,
});

const source = (params: SourceParams, root = true) =>
	testSource(config.snapshot(), params, { below: root ? null : ['/var/log'], now });

function fault(params: SourceParams, root = true) {
	try {
		source(params, root);
	} catch (error) {
		const { status, errors } = error as { status: number; errors: Record<string, string> };
		return { status, ...errors };
	}
	throw new Error('no fault');
}

describe('testSource', () => {
	it('takes log files and encoding from the jail', () => {
		expect(source({ source: 'jail', jail: 'web', since: '1h' }, false)).toMatchObject({
			lines: {
				kind: 'files',
				patterns: ['/var/log/web/*.log', '/var/log/[ab]?.log'],
				below: ['/var/log'],
				since: now / 1000 - 3600,
			},
			journal: false,
			logencoding: 'latin1',
		});
	});

	it('takes journal, its place and its matches from the jail', () => {
		expect(source({ source: 'jail', jail: 'journal' })).toMatchObject({
			lines: {
				kind: 'journal',
				args: { journalpath: '/srv/journal', journalflags: '1' },
				matches: [['_SYSTEMD_UNIT=a.service', '+', '_COMM=b'], ['_SYSTEMD_UNIT=c d.service']],
				since: 0,
			},
			journal: true,
		});
	});

	it('looks for a journal match where the jail, else [DEFAULT], has its journal', () => {
		const params: SourceParams = { source: 'journalmatch', journalmatch: '_UID=0\n\n _COMM=x' };
		const lines = { args: { journalpath: '/srv/journal' }, matches: [['_UID=0'], ['_COMM=x']] };
		expect(source(params)).toMatchObject({ lines });
		expect(source({ ...params, jail: 'web' })).toMatchObject({ lines: { args: {} } });
	});

	it.each(['/var/log/web/x.log', '/var/log/a1.log', '/var/log/fail2ban.log', '/var/log/auth.log'])(
		'lets everybody read %s, which a jail or fail2ban itself names',
		(file) => {
			expect(source({ source: 'file', file }, false)).toMatchObject({ lines: { patterns: [file] } });
		},
	);

	it.each(['/var/log/c1.log', '/var/log/web/x/y.log', '/var/log/web/x.log2', '/etc/shadow'])(
		'lets only root@pam read %s, which none names',
		(file) => {
			expect(fault({ source: 'file', file }, false)).toMatchObject({ status: 403 });
			expect(source({ source: 'file', file })).toMatchObject({ lines: { patterns: [file], below: null } });
		},
	);

	it.each([
		[{ source: 'file' }, 'file', /Missing/],
		[{ source: 'file', file: 'var/log/x' }, 'file', /full path/],
		[{ source: 'file', file: '/var/log/../x' }, 'file', /full path/],
		[{ source: 'file', file: '/var//log' }, 'file', /full path/],
		[{ source: 'file', file: '/var/log/x\n' }, 'file', /full path/],
		[{ source: 'file', file: '/var/log/*' }, 'file', /one log file/],
		[{ source: 'text', text: ' \n' }, 'text', /no line/],
		[{ source: 'jail' }, 'jail', /Missing/],
		[{ source: 'jail', jail: 'bare' }, 'jail', /names no log file/],
		[{ source: 'journalmatch', journalmatch: 'x=1' }, 'journalmatch', /FIELD=value/],
		[{ source: 'journalmatch', journalmatch: '_UID="1' }, 'journalmatch', /./],
		[{ source: 'jail', jail: 'web', since: '-1' }, 'since', /is not a valid time/],
		[{ source: 'jail', jail: 'web', since: '1 fortnight' }, 'since', /is not a valid time/],
	] as [SourceParams, string, RegExp][])('names the fault of %j', (params, name, message) => {
		expect(fault(params)).toMatchObject({ status: 400, [name]: expect.stringMatching(message) });
	});

	it('answers 404 for a jail that is not there', () => {
		expect(fault({ source: 'text', text: 'x', jail: 'nosuch' })).toMatchObject({ status: 404 });
	});
});
