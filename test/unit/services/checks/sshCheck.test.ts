import { describe, expect, test } from 'vitest';
import { sshLogIn } from '../../../../src/backend/services/checks/sshCheck.ts';

const main = '/etc/ssh/sshd_config';

function deps(files: Record<string, string>, sshd?: string) {
	return {
		readText: (file: string) => files[file] ?? null,
		listFolder: (folder: string) =>
			Object.keys(files).flatMap((file) =>
				file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [],
			),
		sshd: async () => {
			if (sshd === undefined) throw new Error('sshd -T: no hostkeys available');
			return sshd;
		},
	};
}

const keysOnly = 'permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication no\n';
const root = 'root may log in by SSH with a password.';
const others = 'SSH accepts passwords from users other than root.';
const keys = 'SSH accepts keys only.';

describe('log-in by SSH', () => {
	test.each([
		['permitrootlogin yes\npasswordauthentication yes\n', 'warning', root],
		['permitrootlogin without-password\npasswordauthentication yes\n', 'warning', others],
		['permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication yes\n', 'warning', root],
		[
			'permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication yes\nusepam no\n',
			'good',
			keys,
		],
		[
			'permitrootlogin yes\npasswordauthentication yes\nauthenticationmethods publickey,password\n',
			'good',
			keys,
		],
		[
			'permitrootlogin yes\npasswordauthentication yes\nauthenticationmethods publickey password\n',
			'warning',
			root,
		],
		[keysOnly, 'good', keys],
	])('is judged by what the daemon says: %j', async (settings, state, text) => {
		expect(await sshLogIn(deps({ [main]: '' }, settings))()).toMatchObject({ state, text });
	});

	test.each([
		['the first value wins', 'PermitRootLogin yes\nPermitRootLogin no\n', root],
		[
			'case, tabs, = and quotes',
			'\tPERMITROOTLOGIN="no"\nPasswordAuthentication\t"no"\nKbdInteractiveAuthentication = no\n',
			keys,
		],
		[
			'comments',
			'#PermitRootLogin yes\nPasswordAuthentication no # keys\nChallengeResponseAuthentication no\n',
			keys,
		],
		['nothing said', '', others],
	])('is read from the files where the daemon cannot be asked: %s', async (_what, text, found) => {
		expect((await sshLogIn(deps({ [main]: text }))())?.text).toBe(found);
	});

	test('is read with what a file includes, in its place and in order', async () => {
		const files = {
			[main]: 'Include sshd_config.d/*.conf\nPasswordAuthentication yes\nPermitRootLogin yes\n',
			'/etc/ssh/sshd_config.d/20.conf': 'PasswordAuthentication yes\n',
			'/etc/ssh/sshd_config.d/10.conf': 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n',
			'/etc/ssh/sshd_config.d/.hidden.conf': 'PasswordAuthentication yes\n',
			'/etc/ssh/sshd_config.d/05.conf.bak': 'PasswordAuthentication yes\n',
		};
		expect((await sshLogIn(deps(files))())?.text).toBe(keys);
	});

	test('names the Match block that lets passwords in, though all others take keys', async () => {
		const files = {
			[main]:
				'Match User backup\n\tPasswordAuthentication yes\nMatch Address 10.0.0.0/8\n\tX11Forwarding no\n',
		};
		expect((await sshLogIn(deps(files, keysOnly))())?.text).toBe(
			"SSH accepts passwords where 'Match User backup' applies.",
		);
	});

	test('does not take a line behind Match for one that holds everywhere', async () => {
		const files = {
			[main]:
				'PasswordAuthentication yes\nMatch User x\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n',
		};
		expect((await sshLogIn(deps(files))())?.text).toBe(others);
	});

	test('is not called good while its files cannot be read', async () => {
		await expect(async () => sshLogIn(deps({}, keysOnly))()).rejects.toThrow(`${main} cannot be read`);
		await expect(async () => sshLogIn(deps({}))()).rejects.toThrow('no hostkeys');
	});
});
