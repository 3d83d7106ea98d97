import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { WriteLock } from '../../src/backend/files/WriteLock.ts';
import { runCli } from '../../src/cli/runCli.ts';
import {
	type PrivateFail2ban,
	type PrivateFail2banOptions,
	releases,
	startFail2ban,
} from '../support/fail2ban.ts';
import { faultyBin } from '../support/faultyBin.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

interface Said {
	exit: number;
	out: string;
	err: string;
	/** What went to the journal. */
	notes: string[];
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function command(args: string[], root = true): Promise<Said> {
	const said: Said = { exit: -1, out: '', err: '', notes: [] };
	said.exit = await runCli(args, {
		console: {
			out: (line) => {
				said.out += `${line}\n`;
			},
			err: (line) => {
				said.err += `${line}\n`;
			},
		},
		run: runCommand,
		root,
		pluginVersion: 'test',
		note: async (text) => void said.notes.push(text),
	});
	return said;
}

it('is for root only, except for help and version', async () => {
	const refused = await command(['rescue', 'unban-all'], false);
	expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining('only root')]);
	expect(await command(['rescue', '--help'], false)).toMatchObject({
		exit: 0,
		out: expect.stringContaining('Usage: pve-fail2ban rescue'),
	});
	expect(await command(['--version'], false)).toMatchObject({ exit: 0, out: 'test\n' });
});

it('points to help for a wrong command line', async () => {
	const { exit, err } = await command(['unban', '--all']);
	expect(exit).toBe(2);
	expect(err).toContain("Try 'pve-fail2ban unban --help'.");
});

it('says where the helper was looked for, and what works without it', async () => {
	const { exit, err } = await command(['status', '--socket', '/nonexistent/helper.sock']);
	expect(exit).toBe(3);
	expect(err).toContain('/nonexistent/helper.sock');
	expect(err).toContain('pve-fail2ban rescue');
});

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;
		let state: string;
		let bin: string;

		async function start(options: PrivateFail2banOptions = {}): Promise<void> {
			fail2ban = await startFail2ban(release, options);
			cleanups.push(() => fail2ban.stop());
			helper = await startTestHelper(fail2ban);
			cleanups.push(() => helper.stop());
			// the helper's folder goes with the helper, and rescue works when that is gone
			state = helper.state;
			bin = release.bin;
		}

		const rescue = (...words: string[]) =>
			command([
				'rescue',
				...words,
				...['--fail2ban-config', fail2ban.config, '--fail2ban-socket', fail2ban.socket],
				...['--fail2ban-bin', bin, '--state', state],
			]);
		const api = (...words: string[]) => command([...words, '--socket', helper.socket]);
		const ask = async (...words: string[]) => (await fail2ban.client(...words)).stdout.trim();
		const put = async (params: Record<string, string>, jail = 'sshd') => {
			const { status, body, lines } = await helper.call('PUT', `/jails/${jail}`, params);
			expect(status, JSON.stringify(body)).toBe(200);
			if (lines) expect(body, lines.join('\n')).toEqual({ exit: { ok: true } });
		};
		/** The helper dies and leaves its state behind. */
		async function helperDies(): Promise<void> {
			const kept = await mkdtemp(join(tmpdir(), 'pve-fail2ban-state-'));
			cleanups.push(() => rm(kept, { recursive: true, force: true }));
			await runCommand('cp', ['-a', `${state}/.`, kept]);
			await helper.stop();
			state = kept;
		}
		const enforcing = async () => {
			expect(await ask('status')).toMatch(/pam-generic, sshd/);
			for (const jail of ['sshd', 'pam-generic'])
				expect(await ask('get', jail, 'actions')).toMatch(/^The jail \S+ has the following actions/);
		};

		it('shows what runs, for people and for programs', async () => {
			await start();
			await fail2ban.client('set', 'sshd', 'banip', '192.0.2.1');
			const shown = await api('status');
			expect(shown.exit, shown.err).toBe(0);
			expect(shown.out).toContain(`fail2ban ${release.version} runs`);
			expect(shown.out).toMatch(/^sshd +running +1 +1 +0/m);
			const { status, jails } = JSON.parse((await api('status', '--json')).out);
			expect(status).toMatchObject({ running: 1, banned: 1 });
			expect(jails.map(({ jail }: { jail: string }) => jail)).toEqual(['pam-generic', 'sshd']);
			await fail2ban.kill();
			expect(await api('status')).toMatchObject({
				exit: 1,
				out: expect.stringContaining('fail2ban is not running'),
			});
		});

		it('lifts bans of addresses, networks, jails, and all', async () => {
			await start();
			const ban = (jail: string, ...ips: string[]) => fail2ban.client('set', jail, 'banip', ...ips);
			await ban('sshd', '192.0.2.1', '192.0.2.2', '198.51.100.7', '2001:db8::1');
			await ban('pam-generic', '192.0.2.1');
			expect(await api('unban', '192.0.2.1', '--jail', 'sshd')).toMatchObject({
				exit: 0,
				out: '1 ban is lifted.\n',
			});
			expect(await ask('get', 'pam-generic', 'banip')).toBe('192.0.2.1');
			expect((await api('unban', '2001:db8::1', '192.0.2.0/24')).out).toBe('3 bans are lifted.\n');
			expect(await ask('get', 'sshd', 'banip')).toBe('198.51.100.7');
			expect((await api('unban', '192.0.2.99')).out).toBe('No ban was found.\n');
			expect(await api('unban', 'nonsense')).toMatchObject({
				exit: 1,
				err: expect.stringContaining("Not a valid IP address: 'nonsense'"),
			});
			expect((await api('unban', '--jail', 'sshd')).out).toBe('1 ban is lifted.\n');
			const many = Array.from({ length: 210 }, (_, i) => `203.0.113.${i}`);
			await ban('sshd', ...many);
			const all = await api('unban', '--all', '--yes');
			expect([all.exit, all.out]).toEqual([0, expect.stringContaining('210 bans are lifted')]);
			expect(await ask('get', 'sshd', 'banip')).toBe('');
		});

		it('lifts all bans with the helper dead', async () => {
			await start();
			await fail2ban.client('set', 'sshd', 'banip', '192.0.2.1', '192.0.2.2');
			await fail2ban.client('set', 'pam-generic', 'banip', '192.0.2.1');
			await helperDies();
			const { exit, out, notes } = await rescue('unban-all');
			expect([exit, out]).toEqual([0, expect.stringMatching(/Left: no ban\.\n2 jails go on/)]);
			expect(notes).toEqual(['audit: user=root@pam (console) unban everything in all jails']);
			expect(await ask('get', 'sshd', 'banip')).toBe('');
			expect(await ask('get', 'pam-generic', 'banip')).toBe('');
			await fail2ban.kill();
			expect(await rescue('unban-all')).toMatchObject({
				exit: 3,
				err: expect.stringContaining('fail2ban is not running'),
			});
		});

		it('stops one jail and says what is left', async () => {
			await start();
			await fail2ban.client('set', 'sshd', 'banip', '192.0.2.1');
			await helperDies();
			const { exit, out } = await rescue('stop', 'sshd');
			expect(exit).toBe(0);
			expect(out).toContain('Left: pam-generic run');
			expect(await ask('status')).toMatch(/Jail list:\s+pam-generic$/m);
			const again = await rescue('stop', 'sshd');
			expect([again.exit, again.err]).toEqual([1, expect.stringContaining('Running: pam-generic.')]);
		});

		it('takes back the last changes one by one, in the files and in the server', async () => {
			await start();
			const before = await fingerprint(fail2ban.config);
			await put({ bantime: '2h' });
			const between = await fingerprint(fail2ban.config);
			await put({ bantime: '3h', maxretry: '9' });
			await helperDies();
			const last = await rescue('undo');
			expect(last.exit, last.out + last.err).toBe(0);
			expect(last.out).toContain('restored jail.d/sshd.local');
			expect(last.out).toContain('bantime 3h -> 2h');
			expect(last.notes).toEqual([expect.stringMatching(/^audit: user=root@pam \(console\) undo change/)]);
			expect(await fingerprint(fail2ban.config)).toEqual(between);
			expect(await ask('get', 'sshd', 'bantime')).toBe('7200');
			expect(await ask('get', 'sshd', 'maxretry')).toBe('5');
			expect((await rescue('undo')).exit).toBe(0);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await ask('get', 'sshd', 'bantime')).toBe('600');
			await enforcing();
			expect(await rescue('undo')).toMatchObject({
				exit: 0,
				out: expect.stringContaining('There is no change to undo'),
			});
		});

		it('leaves no jail without its actions when a change of action is undone', async () => {
			await start();
			await put({ banaction: 'nftables' });
			await helperDies();
			const { exit, out, err } = await rescue('undo');
			expect(exit, out + err).toBe(0);
			expect(await ask('get', 'sshd', 'actions')).toContain('noop');
			await enforcing();
		});

		it('starts a jail again whose disabling is undone', async () => {
			await start();
			await put({ enabled: '0' });
			expect(await ask('status')).not.toContain('sshd');
			await helperDies();
			const { exit, out, err } = await rescue('undo');
			expect(exit, out + err).toBe(0);
			await enforcing();
		});

		it('refuses to undo when somebody edited the file since', async () => {
			await start();
			await put({ bantime: '2h' });
			await writeFile(join(fail2ban.config, 'jail.d/sshd.local'), '[sshd]\nbantime = 5h\n');
			const before = await fingerprint(fail2ban.config);
			await helperDies();
			const { exit, err } = await rescue('undo');
			expect([exit, err]).toEqual([
				1,
				expect.stringContaining('jail.d/sshd.local was changed by hand since'),
			]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await ask('get', 'sshd', 'bantime')).toBe('7200');
		});

		it('restores the files for a server that is not running or hangs', async () => {
			await start();
			const before = await fingerprint(fail2ban.config);
			await put({ bantime: '2h' });
			await put({ maxretry: '9' });
			await helperDies();
			fail2ban.freeze();
			const frozen = await rescue('undo');
			expect(frozen.exit).toBe(1);
			expect(frozen.out).toContain('fail2ban-client reload --restart --if-exists sshd');
			fail2ban.thaw();
			await fail2ban.kill();
			const stopped = await rescue('undo');
			expect([stopped.exit, stopped.out]).toEqual([
				0,
				expect.stringContaining('it reads the restored files at its start'),
			]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('brings jails back when the reload destroys them', async () => {
			await start();
			await put({ bantime: '2h' });
			await helperDies();
			bin = await faultyBin(
				fail2ban,
				`[ -e ${fail2ban.dir}/once ] || { touch ${fail2ban.dir}/once; for j in sshd pam-generic; do "$real" "$1" "$2" "$3" "$4" "$5" "$6" stop $j >/dev/null 2>&1; done; exit 255; }`,
			);
			const { exit, out, err } = await rescue('undo');
			expect(exit, out + err).toBe(0);
			expect(await ask('get', 'sshd', 'bantime')).toBe('600');
			await enforcing();
		});

		it('waits for nobody who is in the middle of a change', async () => {
			await start();
			await put({ bantime: '2h' });
			const release = await new WriteLock(state).acquire('admin@pve', 'jail sshd: maxretry');
			const { exit, err } = await rescue('undo');
			await release();
			expect([exit, err]).toEqual([1, expect.stringContaining('admin@pve is changing the configuration')]);
			expect(err).toContain('systemctl kill');
			expect(await readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8')).toContain('bantime = 2h');
		});

		it('undoes a change that was cut short before any other', async () => {
			await start();
			await put({ bantime: '2h' });
			await put({ maxretry: '9' });
			await helperDies();
			const { stdout } = await runCommand('ls', [join(state, 'changes')]);
			const id = await newest(stdout.trim().split('\n'));
			await writeFile(join(state, 'in-progress'), `${id}\n`);
			const { exit, out, err } = await rescue('undo');
			expect(exit, out + err).toBe(0);
			expect(out + err).toContain('was cut short');
			expect(await ask('get', 'sshd', 'maxretry')).toBe('5');
			expect(await ask('get', 'sshd', 'bantime')).toBe('7200');
		});

		/** The change of maxretry; both may be of one second. */
		async function newest(ids: string[]): Promise<string> {
			for (const id of ids) {
				const record = await readFile(join(state, 'changes', id, 'record.json'), 'utf8');
				if (record.includes('maxretry')) return id;
			}
			throw new Error('no such change');
		}

		it('finds fail2ban and the helper at work, and what a machine without Proxmox VE lacks', async () => {
			await start();
			const { out } = await command([
				'doctor',
				...['--socket', helper.socket, '--fail2ban-config', fail2ban.config],
				...['--fail2ban-socket', fail2ban.socket, '--fail2ban-bin', release.bin, '--state', state],
			]);
			expect(out).toMatch(/^ok +fail2ban +runs and answers/m);
			expect(out).toMatch(/^ok +helper +answers/m);
			expect(out).toContain(`fail2ban ${release.version}, Node ${process.versions.node}`);
			expect(out).toMatch(/^ok +changes/m);
		});
	},
);
