import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suites } from '../../build/setup/chroots.ts';
import { Debs } from './support/debs.ts';
import { compareFiles, type FileList, listFiles } from './support/fileList.ts';
import { Node, type RunningJails } from './support/Node.ts';

const ours = 'pve-fail2ban';
const status = ['GET', '/nodes/pve1/fail2ban/status'];

describe.each(suites)('a node with Debian %s', (suite) => {
	let debs: Debs;
	let node: Node;
	let files: FileList;
	let jails: RunningJails;
	let daemon: string;
	const stock = () => `${daemon} stock`;
	const mounted = () => `${daemon} PVE::API2::Fail2ban`;

	beforeAll(async () => {
		debs = await Debs.create();
		node = await Node.start(suite, debs);
		files = await listFiles(node.machine);
		jails = await node.jails();
		daemon = await node.unit('pvedaemon', 'MainPID');
	});

	afterAll(async () => {
		await node?.stop();
		await debs?.remove();
	});

	it('is clean before the installation', async () => {
		expect(await node.verified()).toBe('');
		expect(await node.daemonStarts(stock())).toEqual([stock()]);
	});

	it('gets only new files by the installation, and each by the package or by systemd', async () => {
		await node.install(await debs.ours());
		const owned = new Set((await node.machine.must('dpkg', ['--listfiles', ours])).trim().split('\n'));
		const { added, removed, changed } = compareFiles(files, await listFiles(node.machine));
		expect({ removed, changed }).toEqual({ removed: [], changed: [] });
		expect(
			added.filter((path) => !owned.has(path) && !path.startsWith(`/var/lib/dpkg/info/${ours}.`)),
		).toEqual([
			'/etc/systemd/system/multi-user.target.wants/pve-fail2ban-recover.service',
			'/etc/systemd/system/sockets.target.wants',
			'/etc/systemd/system/sockets.target.wants/pve-fail2ban.socket',
			'/var/lib/systemd/deb-systemd-helper-enabled/multi-user.target.wants/pve-fail2ban-recover.service',
			'/var/lib/systemd/deb-systemd-helper-enabled/pve-fail2ban-recover.service.dsh-also',
			'/var/lib/systemd/deb-systemd-helper-enabled/pve-fail2ban.socket.dsh-also',
			'/var/lib/systemd/deb-systemd-helper-enabled/sockets.target.wants',
			'/var/lib/systemd/deb-systemd-helper-enabled/sockets.target.wants/pve-fail2ban.socket',
		]);
		expect(await node.verified()).toBe('');
	});

	it('keeps its jails running through the installation', async () => {
		expect(await node.jails()).toEqual(jails);
	});

	it("has the daemons reloaded by pve-manager's own trigger, and not restarted", async () => {
		expect(await node.machine.read('/var/log/pve-manager.postinst')).toBe(
			'configure \ntriggered pve-api-updates\n',
		);
		expect(await node.daemonStarts(mounted())).toEqual([stock(), mounted()]);
		await node.until('grep', ['pve-fail2ban.js?ver=', '/run/pveproxy.page']);
	});

	it('listens for root alone and runs no helper', async () => {
		expect(await node.machine.must('stat', ['-c', '%a %U %F', '/run/pve-fail2ban'])).toBe(
			'700 root directory\n',
		);
		const socket = ['-c', '%a %U %F', '/run/pve-fail2ban/helper.sock'];
		expect(await node.machine.must('stat', socket)).toBe('600 root socket\n');
		expect(await node.unit('pve-fail2ban.service', 'ActiveState')).toBe('inactive');
	});

	it('answers a call of the API by a helper that its socket starts', async () => {
		expect(await node.call(...status)).toMatchObject({ running: true, jails: 2, banned: 1, problems: [] });
		expect(await node.unit('pve-fail2ban.service', 'ActiveState')).toBe('active');
	});

	it('changes a jail, in the sandbox of the service', async () => {
		await node.call('PUT', '/nodes/pve1/fail2ban/jails/sshd', 'bantime=2h');
		expect(await node.machine.must('fail2ban-client', ['get', 'sshd', 'bantime'])).toBe('7200\n');
		expect(await node.machine.must('stat', ['-c', '%a %U', '/etc/fail2ban/jail.local'])).toBe('644 root\n');
		expect(await node.unit('fail2ban.service', 'MainPID')).toBe(jails.pid.replace('MainPID=', ''));
	});

	it('restarts fail2ban by a task, outside the sandbox of the service', async () => {
		const log = await node.task('POST', '/nodes/pve1/fail2ban/service', 'command=restart');
		expect(log).toMatch(/TASK OK$/m);
		await node.until('fail2ban-client', ['status', 'manual']);
		const now = await node.jails();
		expect({ jails: now.jails, banned: now.banned }).toEqual({ jails: jails.jails, banned: jails.banned });
		expect(
			await node.machine.must('systemctl', ['show', '--value', '-p', 'NoNewPrivileges', 'fail2ban']),
		).toBe('no\n');
		jails = now;
	});

	it('protects its log-ins in the sandbox of the service, and takes that back at the console', async () => {
		const files = () => node.machine.shell('find /etc/fail2ban -type f -exec sha256sum {} + | sort -k 2');
		const before = await files();
		const log = await node.task('POST', '/nodes/pve1/fail2ban/protection', 'preset=strict');
		expect(log).toMatch(/Test for success/);
		expect(log).toMatch(/^proxmox: runs, bans by nftables/m);
		expect(log).toMatch(/TASK OK$/m);
		// nobody can say where the caller of pvesh sits
		const { provisional } = (await node.call(...status)) as { provisional: { id: string } };
		await node.call('POST', `/nodes/pve1/fail2ban/changes/${provisional.id}/confirm`);
		expect(await node.machine.must('fail2ban-client', ['get', 'proxmox', 'maxretry'])).toBe('3\n');
		expect(await node.machine.must('fail2ban-client', ['status', 'recidive'])).toMatch(/recidive/);

		const again = await node.machine.must('pve-fail2ban', ['protect', '--preset', 'strict', '--yes']);
		expect(again).toMatch(/Nothing changes/);

		await node.machine.must('pve-fail2ban', ['rescue', 'undo']);
		expect(await files()).toBe(before);
		expect((await node.jails()).jails).toBe(jails.jails);
		expect((await node.jails()).banned).toBe(jails.banned);
		jails = await node.jails();
	});

	it('keeps our calls when pve-manager is upgraded', async () => {
		await node.install(
			await debs.pveManager('8.4.2', (root) =>
				writeFile(join(root, 'usr/share/pve-manager/js/pvemanagerlib.js'), '// newer\n'),
			),
		);
		await node.daemonStarts(mounted());
		expect(await node.call(...status)).toMatchObject({ running: true });
		expect(await node.verified()).toBe('');
		expect(await node.jails()).toEqual(jails);
	});

	it('replaces the helper that runs when our package is upgraded', async () => {
		const helper = await node.unit('pve-fail2ban.service', 'MainPID');
		const socket = await node.machine.must('stat', ['-c', '%i', '/run/pve-fail2ban/helper.sock']);
		const newer = await debs.variant('0.1.1', async (root) => {
			await rm(join(root, 'usr/share/doc/pve-fail2ban/api.md'));
			await writeFile(join(root, 'usr/share/doc/pve-fail2ban/new.md'), 'new\n');
		});
		await node.install(newer);
		expect(await node.unit('pve-fail2ban.service', 'MainPID')).not.toBe(helper);
		expect(await node.machine.must('stat', ['-c', '%i', '/run/pve-fail2ban/helper.sock'])).toBe(socket);
		expect(await node.machine.must('ls', ['/usr/share/doc/pve-fail2ban'])).toMatch(/new\.md/);
		expect(await node.machine.must('ls', ['/usr/share/doc/pve-fail2ban'])).not.toMatch(/^api\.md/m);
		expect(await node.call(...status)).toMatchObject({ running: true });
		expect(await node.verified()).toBe('');
		expect(await node.jails()).toEqual(jails);
	});

	it('goes back to stock by the removal, and keeps its jails', async () => {
		await node.dpkg('--remove', ours);
		await node.daemonStarts(stock());
		await node.until('sh', ['-c', '! grep fail2ban /run/pveproxy.page']);
		expect((await node.pvesh(...status)).stderr).toContain('501');
		expect(await node.call('GET', '/nodes/pve1/version')).toBe('stock');
		expect(await node.machine.run('test', ['-e', '/run/pve-fail2ban'])).toMatchObject({ exit: 1 });
		expect(await node.verified()).toBe('');
		expect(await node.jails()).toEqual(jails);
	});

	it('keeps the history of changes until the purge', async () => {
		expect((await node.machine.must('ls', ['/var/lib/pve-fail2ban/changes'])).trim()).not.toBe('');
	});

	it('works again after a second installation', async () => {
		await node.install(await debs.ours());
		expect(await node.call(...status)).toMatchObject({ running: true });
		expect(await node.verified()).toBe('');
		expect(await node.jails()).toEqual(jails);
	});

	it('is left by the purge with nothing but what the admin changed', async () => {
		await node.dpkg('--purge', ours);
		const manager = (path: string) => /\/pve-manager[./]|\/pvemanagerlib\.js$/.test(path);
		const { added, removed, changed } = compareFiles(files, await listFiles(node.machine));
		expect(removed).toEqual([]);
		expect(changed.filter((path) => !manager(path))).toEqual([]);
		expect(added).toEqual(['/etc/fail2ban/jail.d/sshd.local']);
		expect(await node.machine.run('dpkg-query', ['-W', ours])).toMatchObject({ exit: 1 });
		expect(await node.verified()).toBe('');
		expect(await node.jails()).toEqual(jails);
	});
});
