import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../src/backend/config/ConfigDocument.ts';
import { decodeConfig } from '../../../src/backend/config/decode.ts';
import { JailConfig } from '../../../src/backend/config/layers.ts';
import { placeDefault, placeOption } from '../../../src/backend/config/placement.ts';
import { memorySource } from '../../support/memorySource.ts';

const root = '/etc/fail2ban';
type Files = Record<string, string>;

function load(files: Files): JailConfig {
	return new JailConfig(memorySource(files), root, '1.0.2');
}

function place(files: Files, jail = 'sshd', option = 'bantime'): string {
	const config = load(files);
	const found = placeOption(config, root, jail, option);
	if ('file' in found) {
		proveThatItWins(files, found.file, jail, option);
		return found.file.slice(root.length + 1);
	}
	return `blocked by ${found.blockedBy.file.slice(root.length + 1)}:${found.blockedBy.line}`;
}

/** Writes there and reads the folder again. */
function proveThatItWins(files: Files, file: string, section: string, option: string): void {
	const name = file.slice(root.length + 1);
	const text = ConfigDocument.parse(files[name] ?? '')
		.set(section, option, 'probe')
		.toString();
	const after = load({ ...files, [name]: text });
	const found = section === 'DEFAULT' ? after.defaultOption(option) : after.option(section, option);
	expect(found).toMatchObject({ value: 'probe', file, section });
}

const stock = { 'jail.conf': '[DEFAULT]\nbantime = 10m\n[sshd]\nport = ssh\n' };

describe('placeOption', () => {
	it('takes jail.d/<jail>.local when the admin has not set the option', () => {
		expect(place(stock)).toBe('jail.d/sshd.local');
		expect(place({ ...stock, 'jail.local': '[sshd]\nmaxretry = 1\n[DEFAULT]\nbantime = 1h\n' })).toBe(
			'jail.d/sshd.local',
		);
		expect(place({ ...stock, 'jail.d/sshd.local': '[sshd]\nbantime = 1h\n' })).toBe('jail.d/sshd.local');
	});

	it('takes jail.local when the jail’s value there wins', () => {
		expect(place({ ...stock, 'jail.local': '[sshd]\nBantime = 1h\n' })).toBe('jail.local');
		expect(
			place({ ...stock, 'jail.d/a.conf': '[sshd]\nbantime = 2h\n', 'jail.local': '[sshd]\nbantime = 1h\n' }),
		).toBe('jail.local');
		expect(
			place({
				...stock,
				'jail.local': '[sshd]\nbantime = 1h\n',
				'jail.d/z.local': '[DEFAULT]\nbantime = 2h\n',
			}),
		).toBe('jail.local');
	});

	it('takes jail.d/<jail>.local when that beats jail.local today', () => {
		const files = { 'jail.local': '[sshd]\nbantime = 1h\n', 'jail.d/sshd.local': '[sshd]\nbantime = 2h\n' };
		expect(place({ ...stock, ...files })).toBe('jail.d/sshd.local');
	});

	it('goes before a file that is read earlier', () => {
		expect(place({ ...stock, 'jail.d/zz.conf': '[sshd]\nbantime = 1h\n' })).toBe('jail.d/sshd.local');
		expect(place({ ...stock, 'jail.d/a.local': '[sshd]\nbantime = 1h\n' })).toBe('jail.d/sshd.local');
	});

	it('is blocked by another file that is read later, with file and line', () => {
		expect(place({ ...stock, 'jail.d/zz.local': '[DEFAULT]\n[sshd]\n\nbantime = 1h\n' })).toBe(
			'blocked by jail.d/zz.local:4',
		);
		const both = { 'jail.local': '[sshd]\nbantime = 1h\n', 'jail.d/zz.local': '[sshd]\nbantime = 2h\n' };
		expect(place({ ...stock, ...both })).toBe('blocked by jail.d/zz.local:2');
		expect(place({ ...stock, 'jail.d/zz.local': '[sshd]\nmaxretry = 1\n' })).toBe('jail.d/sshd.local');
	});

	it('is blocked by an include of a later file', () => {
		const files = {
			'jail.d/zz.local': '[INCLUDES]\nafter = ../site/x.conf\n',
			'site/x.conf': '[sshd]\nbantime = 1h\n',
		};
		expect(place({ ...stock, ...files })).toBe('blocked by site/x.conf:2');
	});

	it('notices that an include brings the new file once more', () => {
		const files = {
			'jail.d/zz.local': '[INCLUDES]\nafter = sshd.conf\n[sshd]\nbantime = 1h\n',
			'jail.d/sshd.conf': '',
		};
		// sshd.local is read again right after the included sshd.conf, so it wins after all.
		expect(place({ ...stock, ...files })).toBe('jail.d/sshd.local');
	});

	it('uses jail.local for a jail whose name makes no file that fail2ban reads', () => {
		expect(place({ 'jail.conf': '[.x]\nport = 1\n[a/b]\n' }, '.x')).toBe('jail.local');
		expect(place({ 'jail.conf': '[.x]\nport = 1\n[a/b]\n' }, 'a/b')).toBe('jail.local');
	});

	it('is blocked by its own file when fail2ban cannot read that', () => {
		expect(place({ ...stock, 'jail.d/sshd.local': '[sshd]\na = 1\na = 2\n' })).toBe(
			'blocked by jail.d/sshd.local:3',
		);
		const source = memorySource({ ...stock, 'jail.d/sshd.local': '' });
		const read = (path: string) =>
			path.endsWith('sshd.local') ? decodeConfig(Uint8Array.of(10, 0xff), path) : source.read(path);
		const config = new JailConfig({ ...source, read }, root, '1.0.2');
		expect(placeOption(config, root, 'sshd', 'bantime')).toEqual({
			blockedBy: { file: `${root}/jail.d/sshd.local`, line: 2 },
		});
	});
});

describe('placeDefault', () => {
	const at = (files: Files) => {
		const found = placeDefault(load(files), root, 'bantime');
		if ('file' in found) proveThatItWins(files, found.file, 'DEFAULT', 'bantime');
		return found;
	};

	it('takes jail.local, whatever the jails say', () => {
		expect(at(stock)).toEqual({ file: `${root}/jail.local` });
		expect(at({ ...stock, 'jail.d/zz.local': '[sshd]\nbantime = 1h\n' })).toEqual({
			file: `${root}/jail.local`,
		});
	});

	it('is blocked by a later [DEFAULT]', () => {
		expect(at({ ...stock, 'jail.d/a.local': '[DEFAULT]\nbantime = 1h\n' })).toEqual({
			blockedBy: { file: `${root}/jail.d/a.local`, line: 2 },
		});
	});
});
