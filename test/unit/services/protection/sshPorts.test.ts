import { describe, expect, it } from 'vitest';
import { sshPorts } from '../../../../src/backend/services/protection/sshPorts.ts';
import { nodeFiles } from '../../../support/nodeFiles.ts';

const ports = (files: Record<string, string>) => sshPorts(nodeFiles({ dir: '/nowhere', files }));
const config = (text: string) => ports({ '/etc/ssh/sshd_config': text });

describe('sshPorts', () => {
	it.each([
		['', [22]],
		['# Port 99\n', [22]],
		['Port 2222\nport=22\n', [22, 2222]],
		['ListenAddress 192.0.2.1:2222\n', [2222]],
		['ListenAddress [2001:db8::1]:2200\nListenAddress 0.0.0.0\n', [22, 2200]],
		['ListenAddress 2001:db8::1\nPort 24\n', [24]],
		['Port 70000\nPort x\n', [22]],
		['Port 2222\nMatch User x\nPort 9\n', [2222]],
	])('%j', (text, expected) => {
		expect(config(text)).toEqual(expected);
	});

	it('reads what is included, in the order of the names', () => {
		expect(
			ports({
				'/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf "more.conf"\n',
				'/etc/ssh/sshd_config.d/a.conf': 'Port 1022\n',
				'/etc/ssh/sshd_config.d/b.txt': 'Port 1\n',
				'/etc/ssh/more.conf': 'Port 2022\n',
			}),
		).toEqual([1022, 2022]);
		expect(config('Include /etc/ssh/sshd_config\nPort 23\n')).toEqual([23]);
	});

	it('ends what an included file says of some connections with that file', () => {
		const files = {
			'/etc/ssh/sshd_config': 'Include sshd_config.d/*.conf\nPort 2222\nMatch all\nInclude later.conf\n',
			'/etc/ssh/sshd_config.d/sftp.conf': 'Match Group sftp\n\tForceCommand internal-sftp\nPort 9\n',
			'/etc/ssh/later.conf': 'Port 10\n',
		};
		expect(ports(files)).toEqual([2222]);
	});

	it('goes by the port that the service is started with', () => {
		const options = (text: string) => ({ '/etc/default/ssh': `# SSHD_OPTS=-p 1\nSSHD_OPTS="${text}"\n` });
		expect(ports({ ...options('-4 -p 2200'), '/etc/ssh/sshd_config': 'Port 30\n' })).toEqual([2200]);
		expect(ports({ ...options(''), '/etc/ssh/sshd_config': 'Port 30\n' })).toEqual([30]);
	});

	it('adds the ports of ssh.socket where it is enabled, with its drop-ins', () => {
		const unit = { '/lib/systemd/system/ssh.socket': '[Socket]\nListenStream=22\nListenStream=0.0.0.0:26\n' };
		const wanted = { '/etc/systemd/system/sockets.target.wants/ssh.socket': '' };
		const own = '/etc/systemd/system/ssh.socket.d/port.conf';
		expect(ports({ ...unit, '/etc/ssh/sshd_config': 'Port 30\n' })).toEqual([30]);
		expect(ports({ ...unit, ...wanted })).toEqual([22, 26]);
		const reset = { [own]: '[Socket]\nListenStream=\nListenStream=[::]:2222\nListenStream=/run/x\n' };
		expect(ports({ ...unit, ...wanted, ...reset, '/etc/ssh/sshd_config': 'Port 2222\n' })).toEqual([2222]);
	});
});
