import { describe, expect, it } from 'vitest';
import { filesLike, firstValues, readSshdConfig } from '../../../src/backend/system/sshdConfig.ts';

const main = '/etc/ssh/sshd_config';

function read(files: Record<string, string>) {
	const faults: string[] = [];
	const list = (folder: string) =>
		Object.keys(files).flatMap((file) =>
			file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [],
		);
	const config = readSshdConfig({
		readText: (file) => files[file] ?? null,
		list,
		fault: (message) => faults.push(String(message)),
	});
	return { ...config, faults, list };
}

describe('readSshdConfig', () => {
	it('reads each way to write a line', () => {
		const { global } = read({ [main]: '# Port 1\n\tPORT=2222\nport 22 # also\nAllowUsers "a b" c\n\nX\n' });
		expect(global).toEqual([
			{ keyword: 'port', words: ['2222'] },
			{ keyword: 'port', words: ['22'] },
			{ keyword: 'allowusers', words: ['a b', 'c'] },
		]);
		expect(firstValues(global).get('port')).toBe('2222');
		expect(firstValues(global).get('allowusers')).toBe('a b c');
	});

	it('reads what is included at its place, in the order of the names, and no hidden file', () => {
		const { global, faults } = read({
			[main]: 'Include sshd_config.d/*.conf "more.conf"\nPort 3\n',
			'/etc/ssh/sshd_config.d/b.conf': 'Port 2\n',
			'/etc/ssh/sshd_config.d/a.conf': 'Port 1\n',
			'/etc/ssh/sshd_config.d/.c.conf': 'Port 8\n',
			'/etc/ssh/sshd_config.d/d.conf.bak': 'Port 9\n',
			'/etc/ssh/more.conf': 'Include /etc/ssh/sshd_config.d/[a].conf\n',
		});
		expect(global.map(({ words }) => words[0])).toEqual(['1', '2', '1', '3']);
		expect(faults).toEqual([]);
	});

	it('ends a Match of an included file with that file, and one of its own at the next', () => {
		const { global, matches } = read({
			[main]: 'Include a.conf\nPort 1\nMatch User x\nInclude b.conf\nX11Forwarding no\nMatch all\nPort 4\n',
			'/etc/ssh/a.conf': 'Match Group sftp\nPort 2\n',
			'/etc/ssh/b.conf': 'Port 3\n',
		});
		expect(global.map(({ words }) => words[0])).toEqual(['1']);
		expect(matches.map(({ criteria, lines }) => [criteria, lines.map(({ words }) => words[0])])).toEqual([
			['Group sftp', ['2']],
			['User x', ['3', 'no']],
			['all', ['4']],
		]);
	});

	it('says what it cannot read, and goes on', () => {
		expect(read({}).faults).toEqual([`${main} cannot be read.`]);
		const { global, faults } = read({ [main]: 'Include /etc/*/x.conf\nPort 1\n' });
		expect(global).toHaveLength(1);
		expect(faults).toEqual(['Include /etc/*/x.conf: wildcards in folder names are not supported here.']);
	});

	it('ends where files include each other', () => {
		expect(read({ [main]: `Include ${main}\nPort 1\n` }).global).toHaveLength(17);
	});
});

it('finds files by the pattern of their names', () => {
	const { list } = read({ [main]: '', '/run/x.d/b.conf': '', '/run/x.d/a.conf': '', '/run/x.d/a.txt': '' });
	expect(filesLike('/run/x.d/*.conf', list)).toEqual(['/run/x.d/a.conf', '/run/x.d/b.conf']);
	expect(filesLike('/run/none/*', list)).toEqual([]);
});
