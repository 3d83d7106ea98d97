import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../src/backend/config/unifiedDiff.ts';

describe('unifiedDiff', () => {
	it('says nothing of a file that is the same', () => {
		expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('');
		expect(unifiedDiff('x', null, null)).toBe('');
	});

	it('prints removed lines before added ones, with three lines around', () => {
		const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n';
		expect(unifiedDiff('jail.local', before, before.replace('five', 'FIVE\nmore'))).toBe(
			'--- a/jail.local\n+++ b/jail.local\n@@ -2,7 +2,8 @@\n two\n three\n four\n-five\n+FIVE\n+more\n six\n seven\n eight\n',
		);
	});

	it('tells a file that was made, and one that went', () => {
		expect(unifiedDiff('x', null, 'a\n')).toBe('--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n');
		expect(unifiedDiff('x', 'a\n', null)).toBe('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n');
	});

	it('marks a last line without its end', () => {
		expect(unifiedDiff('x', 'a', 'a\n')).toBe(
			'--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n',
		);
	});

	describe('is understood by patch', () => {
		const folder = mkdtempSync(join(tmpdir(), 'pve-fail2ban-diff-'));
		afterAll(() => rmSync(folder, { recursive: true, force: true }));
		const line = fc.constantFrom('', 'a', 'b', 'c = 1', '-x', '+y', '@@', '# ü');
		const text = fc
			.tuple(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean())
			.map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''))
			.filter((whole) => whole !== '');

		it('and gives the new text', () => {
			expect(spawnSync('patch', ['--version']).status).toBe(0);
			fc.assert(
				fc.property(text, text, (before, after) => {
					const diff = unifiedDiff('f', before, after);
					if (before === after) return diff === '';
					writeFileSync(join(folder, 'f'), before);
					execFileSync('patch', ['-p1', '-s', '-f', '--no-backup-if-mismatch'], { cwd: folder, input: diff });
					return readFileSync(join(folder, 'f'), 'utf8') === after;
				}),
				{ numRuns: 100 },
			);
		});
	});
});
