import fc from 'fast-check';

/** Pieces that configuration files are made of, the awkward ones more often than in life. */
const name = fc.constantFrom('bantime', 'FindTime', 'port', 'known/x', 'a b', 'ignoreip', '_x', 'été', 'İ');
const word = fc.constantFrom(
	'10m',
	'a',
	'%(x)s',
	'%%',
	'x;y',
	'x ; note',
	'\t; note',
	';',
	'#x',
	'# x',
	'[y]',
	'=',
	'a: b',
	'\u00a0',
	'\u0085z',
	'\u2028',
	'p\u2028q',
	'\f',
	'\x1c',
	'\x1f;k',
	'\ufeff',
	'𐐷',
	'é',
	'',
);
const indent = fc.constantFrom('', '', '', ' ', '  ', '    ', '\t', '\f', '\u00a0 ', '\u2003');
const words = fc.array(word, { maxLength: 4 }).map((parts) => parts.join(' '));

const section = fc
	.tuple(
		indent,
		fc.constantFrom('[sshd]', '[DEFAULT]', '[a]', '[a b]', '[x]] ; c', '[Definition]z', '[]', '['),
	)
	.map((parts) => parts.join(''));
const option = fc
	.tuple(indent, name, fc.constantFrom(' = ', '=', ': ', '\t=\t', ' =', ' \u00a0= '), words)
	.map((parts) => parts.join(''));
const other = fc.tuple(indent, words).map((parts) => parts.join(''));
const eol = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');

const line = fc.oneof(
	{ weight: 4, arbitrary: option },
	{ weight: 4, arbitrary: other },
	{ weight: 2, arbitrary: section },
	{ weight: 2, arbitrary: indent },
);

/** Text like a configuration file's; mostly one that fail2ban refuses somewhere. */
export const configText: fc.Arbitrary<string> = fc
	.tuple(fc.boolean(), fc.array(fc.tuple(line, eol), { maxLength: 14 }), fc.boolean())
	.map(([head, lines, bare]) => {
		const text = `${head ? '[sshd]\n' : ''}${lines.map((parts) => parts.join('')).join('')}`;
		return bare ? text.replace(/(\r\n|\n|\r)$/, '') : text;
	});

const plainWords = fc
	.array(fc.constantFrom('10m', 'a', '%(x)s', 'x;y', '[y]', '=', 'a: b', 'é', '𐐷', 'a\tb'), {
		minLength: 1,
		maxLength: 3,
	})
	.map((parts) => parts.join(' '));
const valueLine = fc.oneof({ weight: 6, arbitrary: plainWords }, { weight: 1, arbitrary: words });

/** Values as a person would set them, and some that cannot be written. */
export const configValue: fc.Arbitrary<string> = fc
	.tuple(fc.constantFrom('', '', '\n'), fc.array(valueLine, { minLength: 1, maxLength: 4 }))
	.map(([first, lines]) => first + lines.join('\n'));
