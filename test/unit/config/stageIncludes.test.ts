import { describe, expect, it } from 'vitest';
import { JailConfig } from '../../../src/backend/config/layers.ts';
import { stageIncludes } from '../../../src/backend/config/stageIncludes.ts';
import { memorySource } from '../../support/memorySource.ts';

const stage = (text: string) => stageIncludes(text, '/etc/fail2ban', '/run/stage');

describe('stageIncludes', () => {
	it('points absolute includes of the live folder to the copy and keeps the rest', () => {
		expect(
			stage(`# /etc/fail2ban/x.conf
[INCLUDES]
before = /etc/fail2ban/paths.conf ; one
         common.conf
\t/etc//fail2ban/./filter.d/../jail.d/a.conf
         /opt/x.conf
after: /etc/fail2ban2/y.conf

[sshd]
before = /etc/fail2ban/z.conf
logpath = /etc/fail2ban/log
`),
		).toBe(`# /etc/fail2ban/x.conf
[INCLUDES]
before = /run/stage/paths.conf ; one
         common.conf
\t/run/stage/jail.d/a.conf
         /opt/x.conf
after: /etc/fail2ban2/y.conf

[sshd]
before = /etc/fail2ban/z.conf
logpath = /etc/fail2ban/log
`);
	});

	it('follows references and DEFAULT, which fail2ban does too', () => {
		const text =
			'[DEFAULT]\nhome = /etc/fail2ban\nafter = %(home)s/a.conf\n[INCLUDES]\nbefore = %(home)s/b%%.conf\r\n';
		expect(stage(text)).toBe(
			'[DEFAULT]\nhome = /etc/fail2ban\nafter = /run/stage/a.conf\n[INCLUDES]\nbefore = /run/stage/b%%.conf\r\n',
		);
	});

	it.each([
		['without [INCLUDES]', '[a]\nbefore = /etc/fail2ban/x\n'],
		['that fail2ban refuses', '[INCLUDES]\nbefore = /etc/fail2ban/x\nbefore = 2\n'],
		['with a reference to nothing', '[INCLUDES]\nbefore = %(nope)s/etc/fail2ban/x\n'],
		['decoded as Latin-1', '[INCLUDES]\nbefore = a.conf ; \u00c3\u00a0\n[a]\nx = \u00c3\u0085\n'],
	])('changes nothing in a file %s', (_, text) => {
		expect(stage(text)).toBe(text);
	});

	it('makes the copy read itself', () => {
		const live = {
			'jail.conf': '[INCLUDES]\nbefore = /etc/fail2ban/base.conf\n',
			'base.conf': '[a]\nx = live\n',
		};
		const copy = { 'jail.conf': stage(live['jail.conf']), 'base.conf': '[a]\nx = staged\n' };
		const source = memorySource({
			...Object.fromEntries(Object.entries(live).map(([name, text]) => [`/etc/fail2ban/${name}`, text])),
			...Object.fromEntries(Object.entries(copy).map(([name, text]) => [`/run/stage/${name}`, text])),
		});
		expect(new JailConfig(source, '/run/stage', '1').option('a', 'x')?.value).toBe('staged');
	});
});
