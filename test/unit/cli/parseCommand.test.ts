import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/cli/parseCommand.ts';

const helper = '/run/pve-fail2ban/helper.sock';

describe('parseCommand', () => {
	it('asks the helper of the node unless a socket is given', () => {
		expect(parseCommand(['status'])).toEqual({ name: 'status', socket: helper, json: false });
		expect(parseCommand(['status', '--json', '--socket', '/s'])).toEqual({
			name: 'status',
			socket: '/s',
			json: true,
		});
	});

	it('takes addresses, a jail, both, or --all', () => {
		const unban = { name: 'unban', socket: helper, jail: null, all: false, addresses: [] };
		expect(parseCommand(['unban', '192.0.2.1', '2001:db8::/32'])).toEqual({
			...unban,
			addresses: ['192.0.2.1', '2001:db8::/32'],
		});
		expect(parseCommand(['unban', '--jail', 'sshd'])).toEqual({ ...unban, jail: 'sshd' });
		expect(parseCommand(['unban', '--jail=sshd', '192.0.2.1'])).toEqual({
			...unban,
			jail: 'sshd',
			addresses: ['192.0.2.1'],
		});
		expect(parseCommand(['unban', '--all', '--yes'])).toEqual({ ...unban, all: true });
	});

	it('protects with what is usual, unless it is told otherwise', () => {
		const usual = { preset: null, jails: null, ignore: [], ownAddress: true, node: null };
		const quiet = { dryRun: false, yes: false, force: false };
		expect(parseCommand(['protect'])).toMatchObject({ name: 'protect', ...usual, ...quiet });
		const words = [
			'--preset',
			'strict',
			'--jails',
			'sshd',
			'--ignore',
			'10.0.0.1',
			'--ignore',
			'::1',
			'--yes',
		];
		expect(parseCommand(['protect', ...words])).toMatchObject({
			preset: 'strict',
			jails: 'sshd',
			ignore: ['10.0.0.1', '::1'],
			yes: true,
		});
		expect(() => parseCommand(['protect', '--preset', 'loose'])).toThrow(
			'none of standard, strict, one-attempt',
		);
		expect(() => parseCommand(['protect', '--yes', '--dry-run'])).toThrow('either');
		expect(() => parseCommand(['protect', 'sshd'])).toThrow('one word too many');
	});

	it('rescues the node itself, or a private folder', () => {
		expect(parseCommand(['rescue', 'stop', 'sshd'])).toEqual({
			name: 'rescue',
			action: { kind: 'stop', jail: 'sshd' },
			place: {
				config: '/etc/fail2ban',
				fail2banSocket: null,
				fail2banBin: null,
				state: '/var/lib/pve-fail2ban',
				privateFolder: false,
			},
		});
		expect(parseCommand(['rescue', 'undo', '--fail2ban-config', '/c', '--state', '/s'])).toMatchObject({
			action: { kind: 'undo' },
			place: { config: '/c', state: '/s', privateFolder: true },
		});
	});

	it.each([
		[['unban', '--all'], '--yes'],
		[['unban'], 'Name addresses'],
		[['unban', '--all', '--yes', '192.0.2.1'], 'stands alone'],
		[['unban', '--all', '--yes', '--jail', 'sshd'], 'stands alone'],
		[['unban', '--jail'], '--jail'],
		[['rescue'], 'unban-all, undo, or stop'],
		[['rescue', 'unban'], "'unban' is none of"],
		[['rescue', 'stop'], 'Which jail'],
		[['rescue', 'stop', 'a', 'b'], "'b' is one word too many"],
		[['rescue', 'undo', 'sshd'], "'sshd' is one word too many"],
		[['status', 'sshd'], "'sshd' is one word too many"],
		[['doctor', '--fix'], '--fix'],
		[['defend'], "'defend' is no command"],
		[[], 'No command'],
	])('refuses %j and says why', (args, why) => {
		expect(() => parseCommand(args)).toThrow(why);
	});

	it('names the command whose help applies', () => {
		expect(() => parseCommand(['rescue', 'x'])).toThrow(expect.objectContaining({ about: 'rescue' }));
		expect(() => parseCommand(['x'])).toThrow(expect.objectContaining({ about: null }));
	});

	it.each(['status', 'unban', 'rescue', 'doctor'])('answers %s --help whatever else is missing', (name) => {
		expect(parseCommand([name, '--help'])).toEqual({ name: 'help', about: name });
		expect(parseCommand(['help', name])).toEqual({ name: 'help', about: name });
	});
});
