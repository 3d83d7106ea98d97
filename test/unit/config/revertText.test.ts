import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../src/backend/config/ConfigDocument.ts';
import { revertPartly, revertText } from '../../../src/backend/config/revertText.ts';
import { msg } from '../../../src/backend/kit/message.ts';

const before = '# office\n[sshd]\nbantime = 1h\nmaxretry = 5\n';
const after = before.replace('1h', '2h');

describe('revertText', () => {
	it('gives the earlier text byte for byte when nothing else happened', () => {
		expect(revertText(before, after, after)).toEqual({ text: before });
		expect(revertText(null, after, after)).toEqual({ text: null });
		expect(revertText(before, null, null)).toEqual({ text: before });
		expect(revertText('odd [', after, after)).toEqual({ text: 'odd [' });
	});

	it('keeps what was changed since at other options', () => {
		const now = after
			.replace('maxretry = 5', 'maxretry = 3 ; strict')
			.concat('\n[recidive]\nenabled = true\n');
		expect(revertText(before, after, now)).toEqual({ text: now.replace('2h', '1h') });
	});

	it('removes a section that the change made, unless something else stands in it now', () => {
		const made = '[sshd]\nbantime = 2h\n';
		expect(revertText(null, made, `${made}findtime = 5m\n`)).toEqual({ text: '[sshd]\nfindtime = 5m\n' });
		expect(revertText('[a]\nx = 1\n', `[a]\nx = 1\n\n${made}`, `[a]\nx = 2\n\n${made}`)).toEqual({
			text: '[a]\nx = 2\n',
		});
	});

	it('deletes the file that the change made when nothing is left in it', () => {
		expect(revertText(null, '[sshd]\nbantime = 2h\n', '\n[sshd]\nbantime = 2h\n')).toEqual({ text: null });
	});

	it('brings back the comments of a value', () => {
		const list = '[DEFAULT]\nignoreip = 10.0.0.1 ; office\n    10.0.0.2 ; home\n';
		const shorter = '[DEFAULT]\nignoreip = 10.0.0.1 ; office\n';
		expect(revertText(list, shorter, `${shorter}bantime = 1d\n`)).toEqual({ text: `${list}bantime = 1d\n` });
	});

	it.each([
		[
			'an option that was changed again',
			after.replace('2h', '3h'),
			'bantime in [sshd] has been changed since',
		],
		[
			'an option that was removed since',
			after.replace('bantime = 2h\n', ''),
			'bantime in [sshd] has been changed since',
		],
		['a file that was removed since', null, 'the file has been removed since'],
		['a file that cannot be parsed', `${after}junk\n`, 'fail2ban cannot read it'],
	])('refuses %s', (_name, now, reason) => {
		const reverted = revertText(before, after, now);
		expect('conflict' in reverted && String(reverted.conflict)).toContain(reason);
	});

	it('refuses a change of comments once the file was changed', () => {
		const commented = before.replace('office', 'home');
		expect(revertText(before, commented, `${commented}findtime = 1m\n`)).toHaveProperty('conflict');
	});

	it('refuses to bring back a removed file over a new one', () => {
		expect(revertText(before, null, '[sshd]\n')).toEqual({
			conflict: msg('the file has been created again since'),
		});
	});

	it('takes back at least what was not changed again, where it must', () => {
		const made = '[sshd]\nmaxretry = 1\nbantime = 30d\n# ours\nignoreip = 10.0.0.1\n';
		const now = '[sshd]\nmaxretry = 1\nbantime = 29d\n# ours\nignoreip = 10.0.0.1\nfindtime = 1h\n';
		expect(revertText('[sshd]\nmaxretry = 5\n', made, now)).toHaveProperty('conflict');
		expect(revertPartly('[sshd]\nmaxretry = 5\n', made, now)).toEqual({
			text: '[sshd]\nmaxretry = 5\nbantime = 29d\n# ours\nfindtime = 1h\n',
		});
		expect(revertPartly('[sshd]\nmaxretry = 5\n', made, null)).toHaveProperty('conflict');
	});

	it('changes exactly the options of the change, whatever else happened', () => {
		const option = fc.constantFrom('a', 'b', 'c', 'd');
		const section = fc.constantFrom('x', 'y', 'DEFAULT');
		const edit = fc.tuple(section, option, fc.option(fc.constantFrom('1', '2', '3'), { nil: null }));
		const apply = (text: string, edits: [string, string, string | null][]) =>
			edits
				.reduce(
					(document, [name, key, value]) =>
						value === null ? document.delete(name, key) : document.set(name, key, value),
					ConfigDocument.parse(text),
				)
				.toString();
		const values = (text: string) => {
			const document = ConfigDocument.parse(text);
			const pairs = document
				.sections()
				.flatMap((name) => document.options(name).map((key) => [`${name}/${key}`, document.get(name, key)]));
			return Object.fromEntries(pairs) as Record<string, string>;
		};
		fc.assert(
			fc.property(fc.array(edit), fc.array(edit), fc.array(edit), (first, change, later) => {
				const old = apply('', first);
				const made = apply(old, change);
				const now = apply(made, later);
				const result = revertText(old, made, now);
				if ('conflict' in result) return;
				const [was, did, is, got] = [old, made, now, result.text ?? ''].map(values);
				for (const key of new Set([...Object.keys({ ...was, ...did, ...is, ...got })])) {
					const wanted = was?.[key] === did?.[key] ? is?.[key] : was?.[key];
					expect([key, got?.[key]]).toEqual([key, wanted]);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
