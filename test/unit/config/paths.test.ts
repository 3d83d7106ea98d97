import { describe, expect, it } from 'vitest';
import {
	folderOf,
	joinPath,
	normalizePath,
	pathBelow,
	withEnding,
} from '../../../src/backend/config/paths.ts';

describe('paths', () => {
	it('normalizes as a shell would read them', () => {
		expect(normalizePath('/a//b/./c/../d/')).toBe('/a/b/d');
		expect(normalizePath('/../a')).toBe('/a');
		expect(normalizePath('../a/../../b')).toBe('../../b');
	});

	it('gives the folder and joins as Python does', () => {
		expect(folderOf('/a/b')).toBe('/a');
		expect(folderOf('/a')).toBe('/');
		expect(folderOf('a')).toBe('');
		expect(joinPath('/a', 'b')).toBe('/a/b');
		expect(joinPath('/', 'b')).toBe('/b');
		expect(joinPath('/a', '/b')).toBe('/b');
	});

	it('replaces the last ending of the file’s name only', () => {
		expect(withEnding('/a.d/x.conf', '.local')).toBe('/a.d/x.local');
		expect(withEnding('/a.d/x', '.local')).toBe('/a.d/x.local');
		expect(withEnding('/a.d/x.y.conf', '.local')).toBe('/a.d/x.y.local');
		expect(withEnding('/a.d/.conf', '.local')).toBe('/a.d/.conf.local');
	});

	it('tells what lies below a folder by whole names', () => {
		expect(pathBelow('/etc/fail2ban', '/etc/fail2ban/x')).toBe('x');
		expect(pathBelow('/etc/fail2ban', '/etc/fail2ban2/x')).toBeUndefined();
	});
});
