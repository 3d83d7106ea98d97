import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigDocument } from '../../../src/backend/config/ConfigDocument.ts';
import { copiedOptions, withoutCopied } from '../../../src/backend/config/reduceCopy.ts';

const model = `# Comment of the package

[DEFAULT]
bantime = 10m
# how often
maxretry = 5
action = %(banaction)s
	log

[sshd]
port = ssh
backend = %(sshd_backend)s
`;

function reduce(text: string): string | null {
	return withoutCopied(text, model, copiedOptions(ConfigDocument.parse(text), ConfigDocument.parse(model)));
}

describe('a copied file without what its model says too', () => {
	it('is gone when it says nothing else', () => {
		expect(reduce(model)).toBeNull();
	});

	it('keeps values that differ, own sections and own comments', () => {
		const text = model
			.replace('maxretry = 5', '; we are strict\nmaxretry = 2 ; was 5')
			.concat('\n[mine]\nenabled = true\n');
		expect(reduce(text)).toBe('[DEFAULT]\n; we are strict\nmaxretry = 2 ; was 5\n\n[mine]\nenabled = true\n');
	});

	it('keeps a value of several lines as a whole, blank lines and the comments within', () => {
		const text = model.replace('\tlog', '\tlog\n\n\t# and\n\tmail');
		expect(reduce(text)).toBe('[DEFAULT]\naction = %(banaction)s\n\tlog\n\n\t# and\n\tmail\n');
	});

	it('keeps Windows line ends', () => {
		const text = model.replace('maxretry = 5', 'maxretry = 4').replaceAll('\n', '\r\n');
		expect(reduce(text)).toBe('[DEFAULT]\r\nmaxretry = 4\r\n');
	});

	it('keeps an own section that says nothing', () => {
		expect(reduce(`${model}\n[mine]\n`)).toBe('[mine]\n');
	});

	it('says just what was changed, whatever that is', () => {
		const shipped = ['DEFAULT', 'sshd', 'dovecot', 'INCLUDES']
			.map(
				(section) => `# about ${section}\n[${section}]\n\nport = ssh\n\n# more\nbackend = auto\n\tor not\n\n`,
			)
			.join('\n');
		const original = ConfigDocument.parse(shipped);
		const places = original
			.sections()
			.flatMap((section) => original.options(section).map((option) => ({ section, option })));
		const value = fc.stringMatching(/^[a-z0-9%()s]{1,12}(?:\n[a-z]{1,5})?$/);
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(places.length - 1), value), { maxLength: 4 }), (changes) => {
				let copy = original;
				for (const [nth, text] of changes) {
					const { section, option } = places[nth] as (typeof places)[number];
					copy = copy.set(section, option, text);
				}
				const result = withoutCopied(copy.toString(), shipped, copiedOptions(copy, original));
				const left = ConfigDocument.parse(result ?? '');
				expect(left.errors).toEqual([]);
				for (const { section, option } of places) {
					const now = copy.get(section, option);
					expect(left.get(section, option)).toBe(now === original.get(section, option) ? undefined : now);
				}
			}),
			{ numRuns: 200 },
		);
	});
});
