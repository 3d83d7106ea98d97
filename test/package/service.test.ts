import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suites } from '../../build/setup/chroots.ts';
import { Debs } from './support/debs.ts';
import { compareFiles, type FileList, listFiles } from './support/fileList.ts';
import { Node } from './support/Node.ts';

const ours = 'pve-fail2ban';
const service = 'pve-fail2ban.service';
const socket = 'pve-fail2ban.socket';
const recover = 'pve-fail2ban-recover.service';
const helper = '/usr/libexec/pve-fail2ban/helper.cjs';
const status = ['GET', '/nodes/pve1/fail2ban/status'];
const sshd = '/nodes/pve1/fail2ban/jails/sshd';

/** Asks the helper twice, by its socket; prints milliseconds and the memory that it then has. */
const timing = `
const http = require('node:http');
const { execFileSync } = require('node:child_process');
const ask = () => new Promise((resolve, reject) => {
	const start = performance.now();
	const options = { socketPath: '/run/pve-fail2ban/helper.sock', path: '/status', headers: { 'x-pve-user': 'root@pam' } };
	http.get(options, (answer) => answer.resume().on('end', () => resolve(performance.now() - start))).on('error', reject);
});
(async () => {
	const cold = await ask();
	const warm = await ask();
	await new Promise((resolve) => setTimeout(resolve, 2000));
	const pid = execFileSync('systemctl', ['show', '--value', '-p', 'MainPID', '${service}'], { encoding: 'utf8' }).trim();
	const memory = require('node:fs').readFileSync('/proc/' + pid + '/status', 'utf8').match(/VmRSS:\\s+(\\d+)/)[1];
	console.log([cold.toFixed(0) + ' ms cold', warm.toFixed(0) + ' ms warm', (memory / 1024).toFixed(1) + ' MiB'].join(', '));
})();
`;

describe.each(suites)('the units on Debian %s', (suite) => {
	let debs: Debs;
	let node: Node;

	beforeAll(async () => {
		debs = await Debs.create();
		node = await Node.start(suite, debs);
		await node.install(await debs.ours());
	});

	afterAll(async () => {
		await node?.stop();
		await debs?.remove();
	});

	it('are understood by systemd without a complaint', async () => {
		const units = [socket, service, recover].map((unit) => `/usr/lib/systemd/system/${unit}`);
		const { exit, stdout, stderr } = await node.machine.run('systemd-analyze', [
			'verify',
			'--man=no',
			...units,
		]);
		expect({ exit, said: stdout + stderr }).toEqual({ exit: 0, said: '' });
	});

	it('start a helper that ends when it is idle, and the next call starts another', async () => {
		const brief = `[Service]\nExecStart=\nExecStart=/usr/bin/node --max-semi-space-size=2 ${helper} --idle-exit 1\n`;
		const folder = `/run/systemd/system/${service}.d`;
		await node.machine.must('mkdir', ['-p', folder]);
		await node.machine.write(`${folder}/brief.conf`, brief);
		await node.machine.must('systemctl', ['daemon-reload']);
		expect(await node.call(...status)).toMatchObject({ running: true });
		await node.until('sh', ['-c', `test "$(systemctl is-active ${service})" = inactive`]);
		expect(await node.unit(service, 'Result')).toBe('success');
		expect(await node.machine.must('stat', ['-c', '%a %F', '/run/pve-fail2ban/helper.sock'])).toBe(
			'600 socket\n',
		);
		expect(await node.call(...status)).toMatchObject({ running: true });
		await node.machine.must('rm', ['-r', folder]);
		await node.machine.must('systemctl', ['daemon-reload']);
		await node.machine.must('systemctl', ['stop', service]);
	});

	it('let a change come to its end when the helper is restarted in the middle', async () => {
		await node.call(...status);
		const before = await node.unit(service, 'MainPID');
		await node.machine.shell(`
			pvesh PUT ${sshd} bantime=3h >/tmp/change 2>&1 & change=$!
			while [ ! -e /var/lib/pve-fail2ban/in-progress ]; do kill -0 $change; done
			systemctl try-restart ${service}
			wait $change`);
		expect(await node.unit(service, 'MainPID')).not.toBe(before);
		expect(await node.machine.must('fail2ban-client', ['get', 'sshd', 'bantime'])).toBe('10800\n');
		expect(await node.machine.run('test', ['-e', '/var/lib/pve-fail2ban/in-progress'])).toMatchObject({
			exit: 1,
		});
	});

	it('do nothing at boot when no change was cut short', async () => {
		await node.machine.must('systemctl', ['start', recover]);
		expect(await node.unit(recover, 'ConditionResult')).toBe('no');
	});

	it('undo a change that was cut short before fail2ban starts', async () => {
		await node.machine.must('systemctl', ['stop', service, 'fail2ban']);
		await node.machine.shell(`
			cd /var/lib/pve-fail2ban
			id=$(ls changes | tail -n 1)
			sed -i 's/"state": *"applied"/"state":"started"/' changes/$id/record.json
			grep -q '"state":"started"' changes/$id/record.json
			echo $id >in-progress
			grep -q 3h /etc/fail2ban/jail.d/sshd.local`);
		await node.machine.must('systemctl', ['start', recover, 'fail2ban']);
		expect(await node.unit(recover, 'Result')).toBe('success');
		expect(await node.machine.run('test', ['-e', '/etc/fail2ban/jail.d/sshd.local'])).toMatchObject({
			exit: 1,
		});
		const ended = Number(await node.unit(recover, 'ExecMainExitTimestampMonotonic'));
		const started = Number(await node.unit('fail2ban', 'ExecMainStartTimestampMonotonic'));
		expect(ended).toBeGreaterThan(0);
		expect(started).toBeGreaterThan(ended);
		await node.until('fail2ban-client', ['status', 'manual']);
	});

	it('try a helper that cannot start again and again, slowly, until it can', async () => {
		const good = await node.machine.read(helper);
		await node.machine.write(helper, 'process.exit(1);\n');
		const refused = await node.pvesh(...status);
		expect(refused.stderr).toMatch(/50[34] /);
		await node.until('sh', ['-c', `test "$(systemctl show --value -p NRestarts ${service})" -ge 1`]);
		expect(Number(await node.unit(service, 'NRestarts'))).toBeLessThan(10);
		expect(await node.unit(socket, 'ActiveState')).toBe('active');
		await node.machine.write(helper, good);
		await node.until('pvesh', status);
	});

	it("let the helper's programs see firewall, journal and log files, and write to its own places alone", async () => {
		const unit = '/run/systemd/system/probe.service';
		const probe = async (command: string) => {
			const text = (await node.machine.read(`/usr/lib/systemd/system/${service}`))
				.replace(/^(Requires|After|Restart)=.*\n/gm, '')
				.replace(/^Type=.*$/m, 'Type=oneshot\nStandardOutput=truncate:/tmp/probe\nStandardError=inherit')
				.replace(/^ExecStart=.*$/m, `ExecStart=sh -c "${command}"`);
			await node.machine.write(unit, text);
			await node.machine.must('systemctl', ['daemon-reload']);
			const { exit } = await node.machine.run('systemctl', ['start', 'probe']);
			return { exit, said: await node.machine.read('/tmp/probe') };
		};
		await node.machine.must('iptables-legacy', ['-A', 'INPUT', '-s', '192.0.2.77', '-j', 'DROP']);
		expect((await probe('nft list ruleset')).said).toContain('192.0.2.1');
		expect((await probe('iptables-legacy -S')).said).toContain('192.0.2.77');
		expect((await probe('iptables-nft -S')).said).toContain('-P INPUT ACCEPT');
		expect(await probe('journalctl --quiet -n 1 -u fail2ban')).toMatchObject({ exit: 0 });
		expect((await probe('fail2ban-client -t')).said).toContain('OK');
		expect(await probe('touch /etc/fail2ban/probe /var/lib/pve-fail2ban/probe')).toMatchObject({ exit: 0 });
		await node.machine.must('rm', ['/etc/fail2ban/probe', '/var/lib/pve-fail2ban/probe']);
		for (const path of ['/etc/probe', '/usr/bin/probe', '/root/probe', '/var/log/probe'])
			expect((await probe(`touch ${path}`)).said).toContain('Read-only file system');
		await node.machine.must('rm', [unit]);
		await node.machine.must('systemctl', ['daemon-reload']);
	});

	it('let expressions be tried as nobody, with a terminal and without, and end them', async () => {
		const line = (n: number) =>
			`Nov 22 10:00:0${n} pve1 sshd[${n}]: Invalid user a from 192.0.2.5${n} port 1`;
		await node.machine.write('/var/log/manual.log', `${[1, 2, 3].map(line).join('\n')}\n`);
		const test = (...args: string[]) =>
			node.call('POST', '/nodes/pve1/fail2ban/test', 'jail=manual', ...args);
		expect(await test('source=jail')).toMatchObject({ counts: { total: 3, matched: 3 }, stopped: null });
		const endless = `text=x from 192.0.2.1\n${'a'.repeat(60)}!`;
		const stopped = await test('source=text', 'failregex=from <HOST>\n(a+)+$|x<HOST>', endless);
		expect(stopped).toMatchObject({
			counts: { total: 1, matched: 1 },
			stopped: expect.stringMatching(/cpu|time/),
		});
		await node.machine.must('logger', ['-t', 'probe', 'probe from 192.0.2.9']);
		const journal = ['source=journalmatch', 'journalmatch=SYSLOG_IDENTIFIER=probe', 'failregex=from <HOST>$'];
		expect(await test(...journal, 'since=1h')).toMatchObject({ counts: { total: 1, matched: 1 } });
		const scan = ['POST', '/nodes/pve1/fail2ban/scan', 'jail=manual', 'source=jail'];
		expect(await node.task(...scan)).toMatch(/^3 lines: 3 matched, 0 missed, 0 ignored\n.*TASK OK/ms);
		await node.machine.write('/var/log/manual.log', `${`${'a'.repeat(18)}!\n`.repeat(20_000)}`);
		const nobodys = (count: number) => [
			'-c',
			`test "$(cat /proc/[0-9]*/status 2>/dev/null | grep -c '^Uid:.65534')" = ${count}`,
		];
		await node.call(...scan, 'failregex=(a+)+$|x<HOST>');
		await node.until('sh', nobodys(1));
		// the helper has no right to signal nobody's process but by CAP_KILL
		await node.machine.must('systemctl', ['stop', service]);
		await node.until('sh', nobodys(0));
		expect(await node.unit(service, 'Result')).toBe('success');
		await node.machine.must('truncate', ['-s', '0', '/var/log/manual.log']);
	});

	it('say so when the native part of the terminal does not load, and do all else', async () => {
		const part = (await node.machine.must('find', ['/usr/libexec/pve-fail2ban', '-name', 'pty.node'])).trim();
		const good = await node.machine.must('mv', [part, '/tmp/pty.node']);
		expect(good).toBe('');
		await node.machine.must('systemctl', ['stop', service]);
		expect(await node.call(...status)).toMatchObject({ running: true });
		const scan = await node.pvesh('POST', '/nodes/pve1/fail2ban/scan', 'jail=manual', 'source=jail');
		expect(scan.stderr).toMatch(/503 .*cannot be scanned/);
		await node.machine.must('mv', ['/tmp/pty.node', part]);
		await node.machine.must('systemctl', ['stop', service]);
	});

	it('answer a first call while the helper starts', async () => {
		const version = (await node.machine.must('node', ['--version'])).trim();
		for (let run = 0; run < 3; run++) {
			await node.machine.must('systemctl', ['stop', service]);
			const figures = (await node.machine.must('node', ['-e', timing])).trim();
			expect(figures).toMatch(/cold/);
			console.log(`helper on Node ${version}: ${figures}`);
		}
	});
});

describe.each(suites)('an installation that goes wrong on Debian %s', (suite) => {
	let debs: Debs;
	let node: Node;
	let files: FileList;

	beforeAll(async () => {
		debs = await Debs.create();
		node = await Node.start(suite, debs);
		files = await listFiles(node.machine);
	});

	afterAll(async () => {
		await node?.stop();
		await debs?.remove();
	});

	const broken: Record<string, (root: string) => Promise<void>> = {
		'an api.json that is cut off': (root) =>
			writeFile(join(root, 'usr/share/pve-fail2ban/api.json'), '[{ "path": "/", "method"'),
		'no api.json': (root) => rm(join(root, 'usr/share/pve-fail2ban/api.json')),
		'an API module with a syntax error': (root) =>
			writeFile(join(root, 'usr/share/perl5/PVE/API2/Fail2ban.pm'), 'package PVE::API2::Fail2ban; sub {\n'),
		'a loader with a syntax error': (root) =>
			writeFile(join(root, 'usr/share/perl5/PVE/Storage/Custom/Fail2banLoader.pm'), 'use strict; sub {\n'),
	};

	it.each(Object.entries(broken))("leaves Proxmox VE's own calls working with %s", async (_, edit) => {
		const daemon = await node.unit('pvedaemon', 'MainPID');
		const version = `0.0.${Object.values(broken).indexOf(edit) + 1}`;
		await node.install(await debs.variant(version, edit));
		const stock = await node.pvesh('GET', '/nodes/pve1/version');
		expect(stock).toMatchObject({ exit: 0, stdout: '"stock"\n' });
		expect(stock.stderr.match(/^(pve-fail2ban: |Error loading storage plugin)/gm)).toHaveLength(1);
		expect((await node.pvesh(...status)).stderr).toContain('501');
		expect(await node.unit('pvedaemon', 'MainPID')).toBe(daemon);
		expect(await node.unit('pvedaemon', 'ActiveState')).toBe('active');
		expect(await node.verified()).toBe('');
	});

	it('is repaired by the next version, and gone after the purge', async () => {
		await node.install(await debs.ours());
		expect(await node.call(...status)).toMatchObject({ running: true });
		await node.dpkg('--purge', ours);
		expect(compareFiles(files, await listFiles(node.machine))).toEqual({
			added: [],
			removed: [],
			changed: [],
		});
	});

	it('starts nothing that the admin has stopped', async () => {
		await node.machine.must('systemctl', ['stop', 'fail2ban', 'pvedaemon', 'pveproxy']);
		const stopped = async () =>
			Promise.all(['fail2ban', 'pvedaemon', 'pveproxy'].map((unit) => node.unit(unit, 'ActiveState')));
		const none = ['inactive', 'inactive', 'inactive'];
		await node.install(await debs.ours());
		expect(await stopped()).toEqual(none);
		await node.install(await debs.variant('0.1.1'));
		expect(await stopped()).toEqual(none);
		await node.dpkg('--purge', ours);
		expect(await stopped()).toEqual(none);
		await node.machine.must('systemctl', ['start', 'fail2ban', 'pvedaemon', 'pveproxy']);
		await node.until('fail2ban-client', ['status', 'manual']);
	});

	it('keeps the filters that jails use when it is purged', async () => {
		const folder = '/etc/fail2ban/filter.d';
		await node.install(await debs.ours());
		const filter = await node.machine.read(`${folder}/pve-fail2ban-pve.conf`);
		await node.machine.write(
			'/etc/fail2ban/jail.d/proxmox.local',
			'[proxmox]\nenabled = true\nfilter = pve-fail2ban-pve[x=1]\nbackend = polling\nlogpath = /var/log/manual.log\n',
		);
		await node.machine.must('fail2ban-client', ['reload']);
		const jails = await node.machine.must('fail2ban-client', ['status']);
		expect(jails).toMatch(/proxmox/);
		await node.dpkg('--remove', ours);
		expect(await node.machine.read(`${folder}/pve-fail2ban-pve.conf`)).toBe(filter);
		await node.dpkg('--purge', ours);
		expect(await node.machine.read(`${folder}/pve-fail2ban-pve.local`)).toBe(filter);
		expect(compareFiles(files, await listFiles(node.machine)).added).toEqual([
			`${folder}/pve-fail2ban-pve.local`,
			'/etc/fail2ban/jail.d/proxmox.local',
		]);
		await node.machine.must('systemctl', ['restart', 'fail2ban']);
		await node.until('fail2ban-client', ['status', 'proxmox']);
		expect(await node.machine.must('fail2ban-client', ['status'])).toBe(jails);
	});
});
