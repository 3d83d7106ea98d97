import { describe, expect, it } from 'vitest';
import { decodeConfig } from '../../../src/backend/config/decode.ts';
import { JailConfig } from '../../../src/backend/config/layers.ts';
import { memorySource } from '../../support/memorySource.ts';

const root = '/etc/fail2ban';

function load(files: Record<string, string>): JailConfig {
	return new JailConfig(memorySource(files), root, '1.0.2');
}

/** Value and place of what an option comes to, and of what it beats. */
function chain(config: JailConfig, jail: string, option: string): string[] {
	const found = config.option(jail, option);
	if (!found) return [];
	return [found, ...found.overrides].map(
		({ value, file, line, section }) => `${value} [${section}] ${file.replace(`${root}/`, '')}:${line}`,
	);
}

describe('JailConfig', () => {
	it('reads jail.conf, jail.d/*.conf, jail.local, jail.d/*.local, each folder sorted', () => {
		const config = load({
			'jail.d/b.local': '',
			'jail.d/a.local': '',
			'jail.local': '',
			'jail.d/B.conf': '',
			'jail.d/a.conf': '',
			'jail.conf': '',
			'jail.d/.hidden.conf': '',
			'jail.d/x.conf~': '',
			'fail2ban.conf': '',
		});
		expect(config.files().map((file) => file.slice(root.length + 1))).toEqual([
			'fail2ban.conf',
			'jail.conf',
			'jail.d/B.conf',
			'jail.d/a.conf',
			'jail.local',
			'jail.d/a.local',
			'jail.d/b.local',
		]);
	});

	it('lets the last file win, a jail’s own section over every DEFAULT, and lists what it beats', () => {
		const config = load({
			'jail.conf': '[DEFAULT]\nbantime = 10m\n\n[sshd]\nbantime = 1h\n',
			'jail.local': '[sshd]\nbantime = 2h\n',
			'jail.d/z.local': '[DEFAULT]\nBanTime = 3h\n',
		});
		expect(chain(config, 'sshd', 'bantime')).toEqual([
			'2h [sshd] jail.local:2',
			'1h [sshd] jail.conf:5',
			'3h [DEFAULT] jail.d/z.local:2',
			'10m [DEFAULT] jail.conf:2',
		]);
		expect(config.defaultOption('bantime')?.value).toBe('3h');
		expect(config.option('sshd', 'findtime')).toBeUndefined();
		expect(config.option('nope', 'bantime')).toBeUndefined();
	});

	it('lists jails in the order of reading, without INCLUDES and DEFAULT', () => {
		const config = load({
			'jail.conf': '[INCLUDES]\nbefore = base.conf\n[DEFAULT]\n[b]\nx = 1\n[Definition]\n',
			'base.conf': '[a]\n[b]\nx = 0\n',
		});
		expect(config.jails()).toEqual(['a', 'b', 'Definition']);
	});

	it('resolves %(known/…)s to what the value replaced', () => {
		const simple = load({ 'jail.conf': '[a]\nport = 2\n', 'jail.local': '[a]\nport = %(known/port)s,3\n' });
		expect(chain(simple, 'a', 'port')).toEqual(['2,3 [a] jail.local:2', '2 [a] jail.conf:2']);
	});

	it('fails like fail2ban where a value that is known/ refers to its own known/ value', () => {
		const config = load({
			'jail.conf': '[DEFAULT]\nport = 1\n[a]\nport = 2,%(known/port)s\n',
			'jail.local': '[a]\nport = %(known/port)s,3\n',
		});
		expect(String(config.option('a', 'port')?.error)).toMatch(/nested too deeply/);
	});

	it('gives known/ the filter’s values first', () => {
		const config = load({
			'jail.conf': '[a]\nfilter = f[x=2]\nfailregex = %(known/failregex)s|own\n',
			'filter.d/f.conf': '[Definition]\nfailregex = f<x>\n[Init]\nx = 1\n',
		});
		expect(config.option('a', 'failregex')?.value).toBe('f2|own');
	});

	it('answers what cannot be resolved with the reason', () => {
		const config = load({ 'jail.conf': '[a]\nx = %(nope)s\ny = 5%\nz = %(x)s\nfine = 1\n' });
		expect(config.option('a', 'x')).toMatchObject({
			value: null,
			raw: '%(nope)s',
			error: '%(nope)s refers to nothing.',
		});
		expect(config.option('a', 'y')?.error?.toString()).toContain('followed by neither');
		expect(config.option('a', 'z')?.value).toBeNull();
		expect(config.option('a', 'fine')?.error).toBeUndefined();
	});

	it('knows fail2ban’s own two defaults and the section’s name', () => {
		const config = load({
			'jail.conf': '[a]\nx = %(fail2ban_version)s %(fail2ban_confpath)s %(__name__)s %%\n',
		});
		expect(config.option('a', 'x')?.value).toBe('1.0.2 /etc/fail2ban a %');
	});

	it('reads includes around their file, relative to it, and X.local after each X', () => {
		const config = load({
			'jail.conf': '[INCLUDES]\nbefore = paths.conf\n  sub/x.conf\nafter = /opt/last.conf\n[a]\nv = jail\n',
			'paths.conf': '[INCLUDES]\nbefore = common.conf\n[a]\nv = paths\n',
			'common.conf': '[a]\nv = common\n',
			'common.local': '[a]\nv = common.local\n',
			'sub/x.conf': '[INCLUDES]\nafter = y.conf\n',
			'sub/y.conf': '[a]\nv = y\n',
			'/opt/last.conf': '[a]\nv = last\n',
			'/opt/last.local': '[a]\nv = last.local\n',
		});
		expect(chain(config, 'a', 'v')).toEqual([
			'last.local [a] /opt/last.local:2',
			'last [a] /opt/last.conf:2',
			'jail [a] jail.conf:6',
			'y [a] sub/y.conf:2',
			'paths [a] paths.conf:4',
			'common.local [a] common.local:2',
			'common [a] common.conf:2',
		]);
	});

	it('survives includes in a circle', () => {
		const config = load({
			'jail.conf': '[INCLUDES]\nbefore = a.conf\n',
			'a.conf': '[INCLUDES]\nbefore = b.conf\n',
			'b.conf': '[INCLUDES]\nbefore = a.conf\n[j]\nv = 1\n',
		});
		expect(config.option('j', 'v')?.value).toBe('1');
	});

	it('ends a circle of paths that are written differently each time, on which fail2ban fails', () => {
		const twice = '[INCLUDES]\nbefore = a/../jail.conf\n  a/../jail.conf\n  b/../jail.conf\n';
		const config = load({ 'jail.conf': twice, 'fail2ban.conf': '[Definition]\nloglevel = INFO\n' });
		expect(config.problems).toMatchObject([{ message: 'Includes run in a circle.', fatal: true }]);
		expect(config.serverOption('loglevel')?.value).toBe('INFO');
	});

	it('leaves out a file that is no UTF-8 and says so', () => {
		const source = memorySource({ 'jail.conf': '[a]\nv = 1\n', 'jail.local': '' });
		const read = (path: string) =>
			path.endsWith('jail.local') ? decodeConfig(Uint8Array.of(0x5b, 0xff), 'jail.local') : source.read(path);
		const config = new JailConfig({ ...source, read }, root, '1.0.2');
		expect(config.option('a', 'v')?.value).toBe('1');
		expect(config.problems).toMatchObject([{ file: `${root}/jail.local`, line: 1, fatal: false }]);
		expect(config.files()).toEqual([`${root}/jail.conf`]);
	});

	it('names what fail2ban would fail on', () => {
		const config = load({ 'jail.conf': '[a]\nv = 1\nv = 2\n' });
		expect(config.problems).toEqual([
			{ file: `${root}/jail.conf`, line: 3, message: 'The option v appears twice in [a].', fatal: true },
		]);
	});

	it('reads the server’s options with their overrides', () => {
		const config = load({
			'fail2ban.conf': '[DEFAULT]\nloglevel = INFO\n[Definition]\nloglevel = INFO\n',
			'fail2ban.d/x.conf': '[Definition]\nloglevel = DEBUG\n',
			'fail2ban.local': '[Definition]\ndbpurgeage = 7d\n',
		});
		expect(config.serverOption('loglevel')).toMatchObject({
			value: 'DEBUG',
			file: `${root}/fail2ban.d/x.conf`,
		});
		expect(config.serverOption('loglevel')?.overrides).toHaveLength(2);
		expect(config.serverOption('dbpurgeage')).toMatchObject({ value: '7d', line: 2 });
		expect(config.serverOption('socket')).toBeUndefined();
	});
});
