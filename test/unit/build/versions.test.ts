import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../build/setup/paths.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

it('has one version in package.json, its lock file, and both changelogs', () => {
	const { version } = JSON.parse(read('package.json')) as { version: string };
	const lock = JSON.parse(read('package-lock.json')) as {
		version: string;
		packages: { '': { version: string } };
	};
	expect(lock.version).toBe(version);
	expect(lock.packages[''].version).toBe(version);
	expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
	expect(/^pve-fail2ban \((\S+)\)/.exec(read('debian/changelog'))?.[1]).toBe(version);
});
