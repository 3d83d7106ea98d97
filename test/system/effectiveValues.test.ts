import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DumpCommand, parseDump } from '../../src/backend/config/dump.ts';
import { type EffectiveJail, effectiveJail } from '../../src/backend/config/effectiveJail.ts';
import { JailConfig } from '../../src/backend/config/layers.ts';
import { diskSource } from '../support/diskSource.ts';
import { type PrivateFail2ban, type Release, releases, startFail2ban } from '../support/fail2ban.ts';

/** What our reading of a folder would send: every enabled jail, then the starts. Log files are left out. */
function computed(config: JailConfig): DumpCommand[] {
	const commands: DumpCommand[] = [];
	const starts: DumpCommand[] = [];
	for (const jail of config.jails()) {
		const reading = effectiveJail(config, jail);
		if (!('error' in reading)) {
			if (!reading.enabled) continue;
			commands.push(...reading.commands);
			starts.push(['start', jail]);
		} else if (reading.met) {
			expect(reading.fatal).toBe(false);
			const why = `Jail '${jail}' skipped, because of wrong configuration: ${reading.error}`;
			commands.push(['config-error', why]);
		}
	}
	return [...commands, ...starts];
}

/** What fail2ban would send, less the server's own settings and the log files that it found. */
function dumped(stdout: string): DumpCommand[] {
	const commands = parseDump(stdout).filter((command) => command[2] !== 'addlogpath');
	return commands.slice(commands.findIndex(([word]) => word === 'add' || word === 'config-error'));
}

/** Number of single values in a list of commands. */
function options(commands: readonly DumpCommand[]): number {
	return commands.reduce((sum, [word, , , , values]) => {
		if (word !== 'set' && word !== 'multi-set') return sum;
		return sum + (Array.isArray(values) ? values.length : 1);
	}, 0);
}

function layOut(release: Release, files: Record<string, string>): Promise<PrivateFail2ban> {
	const debian = diskSource.read(`${release.stock}/jail.d/defaults-debian.conf`) ?? '';
	return startFail2ban(release, { start: false, files: { 'jail.d/defaults-debian.conf': debian, ...files } });
}

async function compare(folder: PrivateFail2ban): Promise<{ config: JailConfig; commands: DumpCommand[] }> {
	const { exit, stdout, stderr } = await folder.client('-d');
	expect(exit, stderr).toBe(0);
	const config = new JailConfig(diskSource, folder.config, folder.release.version);
	const commands = computed(config);
	expect(commands).toEqual(dumped(stdout));
	return { config, commands };
}

describe.each(releases())('effective values and -d of fail2ban $version', (release) => {
	let folder: PrivateFail2ban;
	afterAll(() => folder?.stop());

	beforeAll(async () => {
		const stock = new JailConfig(diskSource, release.stock, release.version);
		const enable = stock.jails().map((jail) => `[${jail}]\nenabled = true\n`);
		folder = await layOut(release, { 'jail.d/zz-enable.local': enable.join('\n') });
	});

	it('agrees on every command of every shipped jail', async () => {
		const { config, commands } = await compare(folder);
		const jails = config.jails();
		console.log(
			`fail2ban ${release.version}: ${jails.length} jails, ${commands.length} commands, ` +
				`${options(commands)} options equal, 0 different`,
		);
		expect(jails.length).toBeGreaterThan(85);
	});

	it('names for each jail option the value that is sent, and a line where it stands', async () => {
		const config = new JailConfig(diskSource, folder.config, release.version);
		let equal = 0;
		for (const jail of config.jails()) {
			const { options } = effectiveJail(config, jail) as EffectiveJail;
			for (const [name, value] of options) {
				const found = config.option(jail, name);
				if (!found) {
					expect([false, 'auto', ''], `${jail} ${name}`).toContain(value);
					continue;
				}
				const same =
					typeof value === 'boolean' ? (found.value === 'true') === value : found.value === String(value);
				expect(same, `${jail} ${name}: ${found.value} and ${value}`).toBe(true);
				const line = diskSource.read(found.file)?.split('\n')[found.line - 1] ?? '';
				expect(line.toLowerCase().trimStart().startsWith(name), `${found.file}:${found.line}`).toBe(true);
				equal++;
			}
		}
		console.log(`fail2ban ${release.version}: ${equal} options equal, each with file and line`);
	});

	it('agrees on the server’s own options', async () => {
		const { stdout } = await folder.client('-d');
		const config = new JailConfig(diskSource, folder.config, release.version);
		const server = parseDump(stdout).filter(([word, , value]) => word === 'set' && value !== undefined);
		const names = ['loglevel', 'logtarget', 'syslogsocket', 'dbfile', 'dbmaxmatches', 'dbpurgeage'];
		for (const name of names) {
			const sent = server.find((command) => command[1] === name && command.length === 3)?.[2];
			expect(config.serverOption(name)?.value, name).toBe(String(sent));
		}
		expect(config.serverOption('dbfile')?.file).toBe(`${folder.config}/fail2ban.d/private.conf`);
		expect(config.serverOption('dbfile')?.overrides[0]?.file).toBe(`${folder.config}/fail2ban.conf`);
	});
});

const regex = '^<HOST> x$';

/** Configurations of the kind that admins write. */
const handMade: Record<string, Record<string, string>> = {
	'overrides in every layer': {
		'jail.d/a.conf': '[DEFAULT]\nbantime = 1h\nfindtime = 1h\n\n[sshd]\nenabled = true\nmaxretry = 7\n',
		'jail.d/b.conf': '[DEFAULT]\nfindtime = 2h\n\n[sshd]\nmaxretry = 8\nport = 2222\n',
		'jail.local':
			'[DEFAULT]\nbantime = 3h\nignoreip = 127.0.0.1/8 ::1 ; local\n  192.0.2.1\n\n[sshd]\nmaxretry = 9\n',
		'jail.d/c.local': '[DEFAULT]\nbantime = 4h\n[sshd]\nmaxretry = 2 ; few\nbackend = systemd\n',
	},
	'known values of section and filter': {
		'jail.local': `[sshd]
enabled = true
maxretry = 3
failregex = %(known/failregex)s
            ${regex}
datepattern = ^%%Y %(known/maxretry)s
`,
		'jail.d/sshd.local': '[sshd]\nmaxretry = %(known/maxretry)s\nbantime = %(known/bantime)s\n',
	},
	'references between sections': {
		'jail.local': `[DEFAULT]
mine = 5m
[vault]
token = s3cret
[sshd]
enabled = true
bantime = %(vault/token)s
findtime = %(default/mine)s
maxretry = %(known/maxretry)s
ignorecommand = %(fail2ban_confpath)s/x %(fail2ban_version)s %(__name__)s 100%%
port = %(ssh_port)s
ssh_port = 22
`,
	},
	'filters with arguments, Init and tags': {
		'filter.d/mine.conf': `[INCLUDES]
before = common.conf
after = mine-after.conf
[DEFAULT]
_daemon = mined
[Definition]
failregex = ^%(__prefix_line)sfail <what> from <HOST>$
            ^<mode/normal> <missing> <F-USER>.*</F-USER>$
            <re-<mode>>
re-normal = ^n <HOST>$
re-aggressive = ^a <HOST>$ <known/what> <default/_daemon>
mode = normal
ignoreregex =
maxlines = 3
datepattern = {^LN-BEG}
journalmatch = _SYSTEMD_UNIT=mine.service + _COMM="mine d"
               _COMM='it''s'
[Init]
what = log-in
date = 7
`,
		'filter.d/mine-after.local': '[Definition]\nunused = 1\n',
		'filter.d/mine-after.conf': '[Init]\nwhat = %(known/what)s or su\n',
		'filter.d/mine.local': '[Definition]\nmaxlines = 4\n',
		'jail.local': `[one]
enabled = true
filter = mine
logpath = /var/log/*.log tail
[two]
enabled = true
backend = systemd[journalflags=1]
filter = mine[mode=aggressive, what="a, b]"][maxlines=9]
usedns = no
[three]
enabled = true
filter = mine[logtype=short]
failregex = ${regex}
ignoreregex = ^a$
              ^b$
maxlines = 12
prefregex = ^p
journalmatch = A=1
[four]
enabled = true
`,
	},
	'lists of actions': {
		'action.d/act.conf': `[INCLUDES]
before = act-common.conf
[Definition]
actionstart = start <name> <chain> <port> <cond>
actionban = <cmd> <ip> <bantime> <matches>
actionunban = %(actionban)s
actioncheck = <actname> <missing>
norestored = 1
actionstart_on_demand = false
[Init]
cmd = echo <how>
cond = v4
how = now
[Init?family=inet6]
cond = v6
`,
		'action.d/act-common.conf': '[Init]\nchain = INPUT\nhow = <chain>\n',
		'action.d/act-common.local': '[Init]\nchain = FORWARD\n',
		'action.d/empty.conf': '[Definition]\n',
		'jail.local': `[DEFAULT]
banaction = act
action_both = %(banaction)s[name=%(__name__)s, port="%(port)s"]
              empty
[j]
enabled = true
filter =
port = 22,23
logpath = /nowhere
action = %(action_both)s
         act[actname=second, cmd='a "b"', how=%(__name__)s] act[name=j-x]
         act[name=other][chain=X,
            port="1"]
         smtp.py[host=localhost, actname=mail, é="ü"]
ignoreip = 10.0.0.0/8,	192.0.2.1 ,example.org
bantime.increment = yes
bantime.multipliers = 1 2 4
bantime.overalljails = off
ignoreself = 0
maxretry = +1_0
maxmatches = none
`,
	},
	'includes with absolute paths and in a circle': {
		'jail.local': `[INCLUDES]
before = @DIR@/etc/shared/base.conf
         missing.conf
after = shared/last.conf
[a]
enabled = true
filter =
bantime = %(known/bantime)s
`,
		'shared/base.conf': '[INCLUDES]\nafter = last.conf\n[a]\nbantime = 1\nfindtime = 1\nmaxretry = 1\n',
		'shared/base.local': '[a]\nfindtime = 2\n[b]\nenabled = true\nfilter =\n',
		'shared/last.conf': '[INCLUDES]\nbefore = base.conf\n[a]\nmaxretry = 3\nlogencoding = utf-8\n',
		'jail.d/.hidden.local': '[a]\nbantime = 9\n',
		'jail.d/notes.txt': 'not a configuration\n',
	},
};

describe.each(releases())('hand-made configurations and -d of fail2ban $version', (release) => {
	it.each(Object.entries(handMade))('agrees on %s', async (_, files) => {
		const folder = await layOut(release, files);
		try {
			const { commands } = await compare(folder);
			expect(commands.length).toBeGreaterThan(2);
		} finally {
			await folder.stop();
		}
	});

	it.each([
		['a reference to nothing', '[a]\nenabled = true\nfilter =\nbantime = %(nope)s\n'],
		['a single %', '[a]\nenabled = true\nfilter =\nbantime = 5%\n'],
		['a circle', '[a]\nenabled = true\nfilter =\nbantime = %(findtime)s\nfindtime = %(bantime)s\n'],
		['the backend of a disabled jail', '[a]\nbackend = %(nope)s\n'],
		['tags in a circle', '[a]\nenabled = true\nfilter = sshd[x=<y>, y=<x>]\n'],
	])('says that fail2ban fails on %s', async (_, text) => {
		const folder = await layOut(release, { 'jail.local': text });
		try {
			expect((await folder.client('-d')).exit).not.toBe(0);
			const config = new JailConfig(diskSource, folder.config, release.version);
			expect(effectiveJail(config, 'a')).toMatchObject({ fatal: true, met: true });
		} finally {
			await folder.stop();
		}
	});

	it.each([
		['[a]\nenabled = true\nfilter = nope\n'],
		['[a]\nenabled = true\nfilter =\naction = nope\n'],
		['[a]\nenabled = true\nfilter = sshd[mode]\n'],
	])('says that fail2ban skips the jail of %j', async (text) => {
		const folder = await layOut(release, { 'jail.local': text });
		try {
			const { stdout } = await folder.client('-d');
			const fault = parseDump(stdout).find(([word]) => word === 'config-error');
			expect(fault?.[1]).toContain("Jail 'a' skipped");
			const config = new JailConfig(diskSource, folder.config, release.version);
			expect(effectiveJail(config, 'a')).toMatchObject({ fatal: false, met: true });
		} finally {
			await folder.stop();
		}
	});
});
