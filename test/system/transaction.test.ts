import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, readdir, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
	type PrivateFail2ban,
	type PrivateFail2banOptions,
	releases,
	startFail2ban,
} from '../support/fail2ban.ts';
import { faultyBin } from '../support/faultyBin.ts';
import { noopAction } from '../support/harmlessJails.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';

const shell = promisify(execFile);

/** Stand-ins for the firewall actions, so that no rule of this machine is touched. */

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(releases().map((release) => [release.version, release] as const))(
	'fail2ban %s',
	(_version, release) => {
		let fail2ban: PrivateFail2ban;
		let helper: TestHelper;

		async function start(
			options: PrivateFail2banOptions = {},
			helperOptions: { faulty?: string; step?(name: string): void | Promise<void> } = {},
		): Promise<void> {
			fail2ban = await startFail2ban(release, {
				...options,
				files: {
					'action.d/nftables.conf': noopAction,
					'action.d/iptables-multiport.conf': noopAction,
					...options.files,
				},
			});
			cleanups.push(() => fail2ban.stop());
			const { faulty, step } = helperOptions;
			const bin = faulty === undefined ? undefined : await faultyBin(fail2ban, faulty);
			helper = await startTestHelper(fail2ban, { ...(bin ? { bin } : {}), ...(step ? { step } : {}) });
			cleanups.push(() => helper.stop());
		}

		const put = (params: Record<string, unknown>, jail = 'sshd', user = 'admin@pve') =>
			helper.call('PUT', `/jails/${jail}`, params, user);
		const get = async (...words: string[]) => (await fail2ban.client('get', ...words)).stdout.trim();
		const enforcing = async () => {
			expect((await fail2ban.client('status')).stdout).toMatch(/pam-generic, sshd/);
			for (const jail of ['sshd', 'pam-generic']) expect(await get(jail, 'actions')).toContain('noop');
		};

		/** Nothing but the change that was meant is left in the state folder. */
		const noLeftovers = async () => {
			expect((await readdir(helper.state)).filter((name) => name !== 'changes')).toEqual([]);
			const names = Object.keys(await fingerprint(fail2ban.config));
			expect(names.filter((name) => name.includes('tmp'))).toEqual([]);
		};

		it('writes a value where it wins, applies it, and changes no other byte', async () => {
			await start();
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put({ bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			expect(body.data).toMatchObject({ files: ['jail.d/sshd.local'], pending: false });
			expect(await get('sshd', 'bantime')).toBe('7200');
			const { 'jail.d/sshd.local': written, ...others } = await fingerprint(fail2ban.config);
			expect(written).toBeDefined();
			expect(others).toEqual(before);
			expect(await readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8')).toBe(
				'[sshd]\nbantime = 2h\n',
			);
			expect(helper.log.filter((line) => line.includes('audit:'))).toHaveLength(1);
			expect(helper.log.join('')).toMatch(/<5>audit: user=admin@pve .*bantime: 10m -> 2h/);
			await enforcing();
			await noLeftovers();
		});

		it('keeps comments, order and line ends of a file that it changes', async () => {
			const text = '# mine\r\n[sshd]\r\nmaxretry = 4 ; few\r\n# end\r\n[other]\r\nx = 1\r\n';
			await start({ files: { 'jail.local': text } });
			expect((await put({ maxretry: '3' })).status).toBe(200);
			expect(await readFile(join(fail2ban.config, 'jail.local'), 'utf8')).toBe(text.replace('= 4', '= 3'));
			expect(await get('sshd', 'maxretry')).toBe('3');
		});

		it('writes nothing when the value is the one it has', async () => {
			await start();
			await put({ bantime: '2h' });
			const before = await fingerprint(fail2ban.config);
			expect((await put({ bantime: '2h' })).body.data.files).toEqual([]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('gives an option back to its inherited value, growth options too', async () => {
			await start();
			await put({ bantime: '2h', 'bantime-increment': '1', 'bantime-maxtime': '4w' });
			expect(await get('sshd', 'bantime.increment')).toBe('True');
			const { status, body } = await put({ delete: 'bantime,bantime-increment,bantime-maxtime' });
			expect(status, JSON.stringify(body)).toBe(200);
			expect(await get('sshd', 'bantime')).toBe('600');
			expect(await get('sshd', 'bantime.increment')).toMatch(/False|None/);
			expect(await get('sshd', 'bantime.maxtime')).toBe('None');
			await noLeftovers();
		});

		it('lets root set a harmless ignorecommand', async () => {
			await start();
			const { status, body } = await put({ ignorecommand: '/bin/false <ip>' }, 'sshd', 'root@pam');
			expect(status, JSON.stringify(body)).toBe(200);
			expect(await get('sshd', 'ignorecommand')).toContain('/bin/false <ip>');
		});

		it('refuses a value that another file would beat, naming file and line', async () => {
			await start({ files: { 'jail.d/zz.local': '# late\n[sshd]\nbantime = 5m\n' } });
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put({ bantime: '2h' });
			expect(status).toBe(400);
			expect(body.error.errors.bantime).toContain('jail.d/zz.local:3');
			expect(await fingerprint(fail2ban.config)).toEqual(before);
		});

		it('refuses a symbolic link, a read-only file and a file that is no UTF-8', async () => {
			await start();
			const file = join(fail2ban.config, 'jail.d/sshd.local');
			await writeFile(join(fail2ban.dir, 'elsewhere'), '[sshd]\n');
			await symlink(join(fail2ban.dir, 'elsewhere'), file);
			const linked = await put({ bantime: '2h' });
			expect([linked.status, linked.body.error.message]).toEqual([
				409,
				expect.stringContaining('symbolic link'),
			]);
			expect(await readFile(join(fail2ban.dir, 'elsewhere'), 'utf8')).toBe('[sshd]\n');
			await unlink(file);
			await writeFile(file, '[sshd]\nbantime = 5m\n');
			await chmod(file, 0o444);
			expect((await put({ bantime: '2h' })).body.error.message).toContain('read-only');
			await chmod(file, 0o644);
			await writeFile(file, Buffer.from('[sshd]\n# caf\xe9\nbantime = 5m\n', 'latin1'));
			const before = await fingerprint(fail2ban.config);
			const latin = await put({ bantime: '2h' });
			expect(latin.status).toBeGreaterThanOrEqual(400);
			expect(latin.body.error.message).toMatch(/UTF-8/);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await get('sshd', 'bantime')).toBe('600');
			await enforcing();
		});

		it('refuses a write on a full disk, and on a read-only one', async () => {
			await start();
			const folder = join(fail2ban.config, 'jail.d');
			const files = await Promise.all(
				(await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name))] as const),
			);
			await shell('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', folder]);
			cleanups.push(() => shell('umount', [folder]));
			for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
			await appendFile(join(folder, 'full'), Buffer.alloc(64 * 1024)).catch(() => {});
			const before = await fingerprint(fail2ban.config);
			const full = await put({ bantime: '2h' });
			expect([full.status, full.body.error.code], JSON.stringify(full.body)).toEqual([507, 'disk']);
			expect(full.body.error.message).toContain('no space left');
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			await unlink(join(folder, 'full'));
			await shell('mount', ['-o', 'remount,ro', folder]);
			const readOnly = await put({ bantime: '2h' });
			expect(readOnly.status, JSON.stringify(readOnly.body)).toBe(500);
			expect(readOnly.body.error.message).toContain('read-only');
			expect(await get('sshd', 'bantime')).toBe('600');
			await enforcing();
			await noLeftovers();
		});

		it('restores everything when the reload fails', async () => {
			await start({}, { faulty: 'echo "ERROR   no reload today" >&2; exit 255' });
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.error.code]).toEqual([500, 'tx-failed']);
			expect(body.error.errors['tx-failed']).toContain('no reload today');
			expect(body.error.errors['tx-restored']).toContain('jail.d/sshd.local. 2 of 2 jails run as before');
			expect(body.error.errors['tx-output']).toContain('no reload today');
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await get('sshd', 'bantime')).toBe('600');
			await enforcing();
			await noLeftovers();
		});

		it('brings jails back that a reload destroyed', async () => {
			await start(
				{},
				{
					faulty: `[ -e @DIR@/once ] || { touch @DIR@/once; for j in sshd pam-generic; do "$real" "$1" "$2" "$3" "$4" "$5" "$6" stop $j >/dev/null 2>&1; done; exit 255; }`,
				},
			);
			// the wrapper knows its folder only now
			const wrapper = join(fail2ban.dir, 'faulty-bin/fail2ban-client');
			await writeFile(wrapper, (await readFile(wrapper, 'utf8')).replaceAll('@DIR@', fail2ban.dir));
			const before = await fingerprint(fail2ban.config);
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.error.code], JSON.stringify(body)).toEqual([500, 'tx-failed']);
			expect(body.error.errors['tx-missing']).toBeUndefined();
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			await enforcing();
		});

		it('restarts the jail when its action changes, as a task, and it enforces', async () => {
			await start();
			const { status, lines, body } = await put({ banaction: 'nftables' });
			expect([status, body], lines?.join('\n')).toEqual([200, { exit: { ok: true } }]);
			expect(lines).toContain('reload --restart sshd');
			expect(await get('sshd', 'actions')).toContain('nftables');
			await noLeftovers();
		});

		it('undoes a change of action that leaves the jail without any', async () => {
			const plain =
				'shift_restart() { :; }; args=; for a in "$@"; do [ "$a" = --restart ] || args="$args $a"; done; exec "$real" $args';
			await start({}, { faulty: plain });
			const before = await fingerprint(fail2ban.config);
			const { body, lines } = await put({ banaction: 'nftables' });
			expect(body.exit.error, JSON.stringify(body)).toMatch(/without its actions|not applied/);
			expect(lines?.join('\n')).toMatch(/tx-failed: verify: jail 'sshd' runs without its actions/);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			await enforcing();
		});

		it('writes for a stopped server and reports it as pending', async () => {
			await start({ start: false });
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.data?.pending], JSON.stringify(body)).toEqual([200, true]);
			expect(await readFile(join(fail2ban.config, 'jail.d/sshd.local'), 'utf8')).toBe(
				'[sshd]\nbantime = 2h\n',
			);
			expect(fail2ban.pid).toBeUndefined();
		});

		it('answers 504 for a frozen server, with no byte changed and no reload', async () => {
			await start();
			const before = await fingerprint(fail2ban.config);
			fail2ban.freeze();
			const began = Date.now();
			const { status, body } = await put({ bantime: '2h' });
			expect(Date.now() - began).toBeLessThan(20_000);
			expect([status, body.error.code], JSON.stringify(body)).toEqual([504, 'frozen']);
			fail2ban.thaw();
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await readFile(fail2ban.log, 'utf8')).not.toMatch(/Reload/);
			await enforcing();
			await noLeftovers();
		});

		it('restores the bytes of a server that freezes in the middle, within 20 s and without another reload', async () => {
			await start({}, { faulty: 'kill -STOP $(cat @PID@)\n' });
			const wrapper = join(fail2ban.dir, 'faulty-bin/fail2ban-client');
			const counted = `echo x >> ${fail2ban.dir}/reloads; kill -STOP $(cat ${fail2ban.dir}/fail2ban.pid)`;
			await writeFile(wrapper, (await readFile(wrapper, 'utf8')).replace('kill -STOP $(cat @PID@)', counted));
			const before = await fingerprint(fail2ban.config);
			const began = Date.now();
			const { status, body } = await put({ bantime: '2h' });
			expect(Date.now() - began).toBeLessThan(20_000);
			expect([status, body.error.code], JSON.stringify(body)).toEqual([504, 'frozen']);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await readFile(join(fail2ban.dir, 'reloads'), 'utf8')).toBe('x\n');
			fail2ban.thaw();
		});

		it('refuses a second writer at once and lets the first finish', async () => {
			let reached: () => void;
			const atSave = new Promise<void>((resolve) => {
				reached = resolve;
			});
			let goOn: () => void = () => {};
			const wait = new Promise<void>((resolve) => {
				goOn = resolve;
			});
			await start(
				{},
				{
					async step(name) {
						if (name !== 'saved') return;
						reached();
						await wait;
					},
				},
			);
			const first = put({ bantime: '2h' });
			await atSave;
			const second = await put({ bantime: '3h' }, 'pam-generic', 'root@pam');
			expect([second.status, second.body.error.code]).toEqual([409, 'busy']);
			expect(second.body.error.message).toMatch(/admin@pve.*sshd/);
			goOn();
			expect((await first).status).toBe(200);
			expect(await get('sshd', 'bantime')).toBe('7200');
		});

		it('does not overwrite what somebody edits by hand in the meantime', async () => {
			const file = () => join(fail2ban.config, 'jail.d/sshd.local');
			await start(
				{},
				{ step: (name) => (name === 'checked' ? writeFile(file(), '[sshd]\nmaxretry = 9\n') : undefined) },
			);
			const { status, body } = await put({ bantime: '2h' });
			expect([status, body.error.code]).toEqual([409, 'digest-mismatch']);
			expect(await readFile(file(), 'utf8')).toBe('[sshd]\nmaxretry = 9\n');
			await noLeftovers();
		});

		it('repairs one of several faults without asking that the others are gone', async () => {
			await start({
				start: false,
				files: {
					'jail.d/faulty.local':
						'[apache-auth]\nenabled = true\nbackend = polling\nlogpath = /nonexistent/a\n[nginx-http-auth]\nenabled = true\nbackend = polling\nlogpath = /nonexistent/b\n',
				},
			});
			const { status, body } = await put({ enabled: '0' }, 'apache-auth');
			expect(status, JSON.stringify(body)).toBe(400);
			expect(body.error.errors.enabled).toContain('jail.d/faulty.local:2');
			expect((await put({ maxretry: '4' })).status).toBe(200);
		});

		it('creates and removes a jail while the others go on', async () => {
			await start();
			const made = await helper.call('POST', '/jails', {
				jail: 'mine',
				filter: 'sshd',
				backend: 'polling',
				logpath: join(fail2ban.dir, 'logs/auth.log'),
				enabled: '1',
			});
			expect(made.status, JSON.stringify(made.body)).toBe(200);
			expect((await fail2ban.client('status')).stdout).toContain('mine, pam-generic, sshd');
			expect(await get('mine', 'actions')).toContain('noop');
			const gone = await helper.call('DELETE', '/jails/mine');
			expect(gone.status, JSON.stringify(gone.body)).toBe(200);
			expect(existsSync(join(fail2ban.config, 'jail.d/mine.local'))).toBe(false);
			expect((await fail2ban.client('status')).stdout).not.toContain('mine');
			await enforcing();
		});

		it('disables a jail and enables it again', async () => {
			await start();
			expect((await put({ enabled: '0' })).status).toBe(200);
			expect((await fail2ban.client('status')).stdout).not.toContain('sshd');
			expect((await put({ enabled: '1' })).status).toBe(200);
			await enforcing();
		});

		it('reads a staged copy of an include that names the live folder', async () => {
			await start({
				files: {
					'jail.d/inc.conf': '[INCLUDES]\nbefore = @DIR@/etc/mine.inc\n',
					'mine.inc': '[sshd]\nmaxretry = 8\n',
				},
			});
			const { status, body } = await put({ bantime: '2h' });
			expect(status, JSON.stringify(body)).toBe(200);
			expect(await get('sshd', 'maxretry')).toBe('8');
		});

		it('never writes into a folder that is a symbolic link', async () => {
			await start();
			await mkdir(join(fail2ban.dir, 'other'));
			await shell('mv', [join(fail2ban.config, 'jail.d'), join(fail2ban.dir, 'other/jail.d')]);
			await symlink(join(fail2ban.dir, 'other/jail.d'), join(fail2ban.config, 'jail.d'));
			const before = await fingerprint(join(fail2ban.dir, 'other'));
			expect((await put({ bantime: '2h' })).status).toBe(409);
			expect(await fingerprint(join(fail2ban.dir, 'other'))).toEqual(before);
		});
	},
);
