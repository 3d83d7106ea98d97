import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../src/backend/fail2ban/Fail2banCommands.ts';
import { runCommand } from '../../../src/backend/fail2ban/runCommand.ts';
import { createPackagedFiles, type WantedFile } from '../../../src/backend/runs/packagedFiles.ts';

const text = '[Definition]\nfailregex = the package says so\n';
const md5 = (bytes: string) => createHash('md5').update(bytes).digest('hex');
const wanted: WantedFile = { file: 'filter.d/sshd.conf', package: 'fail2ban', md5: md5(text) };
const answer = { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false };

let folder: string;
let root: string;
let failures: string[];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'pve-fail2ban-packaged-'));
	root = join(folder, 'etc/fail2ban');
	failures = [];
	for (const name of ['etc/fail2ban/filter.d', 'state', 'archives']) {
		mkdirSync(join(folder, name), { recursive: true });
	}
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A package whose fail2ban keeps its files where the test's does. */
function writePackage(target: string): void {
	const tree = join(folder, 'tree');
	mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
	mkdirSync(join(tree, root, 'filter.d'), { recursive: true });
	writeFileSync(
		join(tree, 'DEBIAN/control'),
		'Package: fail2ban\nVersion: 1:1.0-2\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: test\n',
	);
	writeFileSync(join(tree, root, wanted.file), text);
	execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, target]);
}

/** dpkg-deb is the real one; dpkg-query knows a version, and systemd's download does what the test says. */
function packaged(options: { network?: boolean; download?: (folder: string) => void } = {}) {
	const calls: string[] = [];
	const run: RunCommand = async (program, args, rest) => {
		calls.push([program, ...args].join(' '));
		if (program === 'dpkg-query') return { ...answer, stdout: '1:1.0-2' };
		if (program !== 'systemd-run') return runCommand(program, args, rest);
		const into = args.find((arg) => arg.startsWith('--working-directory='))?.split('=')[1] ?? '';
		if (options.download === undefined) return { ...answer, exit: 100, stderr: 'E: no network' };
		options.download(into);
		return answer;
	};
	const find = createPackagedFiles({
		run,
		root,
		state: join(folder, 'state'),
		archives: join(folder, 'archives'),
		network: options.network ?? true,
		onFailure: (reason) => failures.push(reason),
	});
	return { find, calls };
}

describe('the text that a package ships', () => {
	it("is found where dpkg left it beside an admin's file", async () => {
		writeFileSync(join(root, `${wanted.file}.dpkg-dist`), text);
		const { find, calls } = packaged();
		expect((await find([wanted], true)).get(wanted.file)?.toString()).toBe(text);
		expect(calls).toEqual([]);
	});

	it('is not taken if its checksum is not the one that dpkg knows', async () => {
		writeFileSync(join(root, `${wanted.file}.dpkg-dist`), `${text}# somebody was here\n`);
		expect((await packaged({ network: false }).find([wanted], true)).size).toBe(0);
	});

	it("comes from apt's archive in the installed version, and nothing is left unpacked", async () => {
		writePackage(join(folder, 'archives/fail2ban_1%3a1.0-2_all.deb'));
		const { find, calls } = packaged();
		expect((await find([wanted], true)).get(wanted.file)?.toString()).toBe(text);
		expect(calls.some((call) => call.startsWith('systemd-run'))).toBe(false);
		expect(readdirSync(join(folder, 'state'))).toEqual([]);
		// known from now on
		rmSync(join(folder, 'archives'), { recursive: true });
		expect((await find([wanted], false)).size).toBe(1);
	});

	it('is downloaded only if that is allowed', async () => {
		const deb = join(folder, 'fail2ban.deb');
		writePackage(deb);
		const download = (into: string) => copyFileSync(deb, join(into, 'fail2ban_1%3a1.0-2_all.deb'));
		for (const [network, allowed] of [
			[true, false],
			[false, true],
		] as const) {
			const { find, calls } = packaged({ network, download });
			expect((await find([wanted], allowed)).size).toBe(0);
			expect(calls.some((call) => call.startsWith('systemd-run'))).toBe(false);
		}
		const { find, calls } = packaged({ download });
		expect((await find([wanted], true)).get(wanted.file)?.toString()).toBe(text);
		expect(calls.some((call) => call.endsWith('download fail2ban=1:1.0-2'))).toBe(true);
		expect(existsSync(join(folder, 'state'))).toBe(true);
	});

	it('is missing, with the reason logged, where it cannot be downloaded', async () => {
		expect((await packaged().find([wanted], true)).size).toBe(0);
		expect(failures).toEqual(['the files of package fail2ban could not be had: systemd-run: E: no network']);
	});
});
