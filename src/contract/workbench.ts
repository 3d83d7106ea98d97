import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, nullable, words } from './kit/values.ts';

/** Lines of the answer at most; the counts are of all lines tested. */
export const shownLines = 500;

const expressions = (description: string) => Type.Optional(Type.String({ description, maxLength: 65_536 }));

/** Which expressions, and how they read the lines. What is typed replaces the option of the filter. */
const filterParams = {
	jail: Type.Optional(
		Type.String({
			...anyJailName,
			description: 'Use the filter, the source and the ignore list of this jail.',
		}),
	),
	filter: Type.Optional(
		Type.String({
			description: 'Use this filter, e.g. sshd, instead of the one of the jail.',
			pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$',
			rule: 'Letters, digits, ., - and _, at most 64 characters.',
		}),
	),
	mode: Type.Optional(
		Type.String({
			description: 'Mode of the filter, e.g. aggressive.',
			pattern: '^[A-Za-z0-9_-]{1,32}$',
			rule: 'Letters, digits, - and _, at most 32 characters.',
		}),
	),
	failregex: expressions('Expressions of failures, one a line, as the file of the filter would have them.'),
	ignoreregex: expressions('Expressions of lines to ignore, one a line.'),
	prefregex: expressions('Expression that all lines must match first.'),
	datepattern: expressions('How dates are written.'),
	maxlines: Type.Optional(
		Type.Integer({ description: 'Lines that one expression may span.', minimum: 1, maximum: 100 }),
	),
};

/** Where the lines come from. */
const sourceParams = {
	journalmatch: Type.Optional(
		Type.String({
			description: 'Journal fields to match, for the source journalmatch; alternatives one a line.',
			maxLength: 4096,
		}),
	),
	file: Type.Optional(
		Type.String({
			description:
				"Log file, for the source file: one that a jail or fail2ban's own log names; others: root@pam.",
			maxLength: 4096,
		}),
	),
	since: Type.Optional(
		Type.String({
			description: 'How far back, as fail2ban writes times, e.g. 1d. Not for text.',
			maxLength: 64,
		}),
	),
};

/** A part of a line that an expression captured; positions in characters, the end is behind the last one. */
export const testSpan = Type.Object({
	start: Type.Integer(),
	end: Type.Integer(),
	name: Type.String({ description: 'Group; `ip` is the address or the host.' }),
});

export const testLine = Type.Object({
	text: Type.String({ description: 'As the filter sees it, cut after 4,000 characters.' }),
	result: words(['matched', 'missed', 'ignored']),
	ip: nullable(
		Type.String({
			description: 'What would be banned: an address, or a host name that fail2ban would look up.',
		}),
	),
	time: nullable(Type.Integer({ description: 'Unix seconds; null: the line has no date.' })),
	regex: nullable(Type.Integer({ description: 'Which of `failregex` matched, counted from 0.' })),
	ignoredBy: nullable(
		Type.Integer({ description: 'Which of `ignoreregex` matched, counted from 0; null: none.' }),
	),
	why: nullable(
		words(['prefregex', 'failregex', 'no-failure'], {
			description:
				'Why it was missed: prefregex did not match, or no failregex; `no-failure`: ignored, as the one that matched is no failure by itself.',
		}),
	),
	unread: Type.Boolean({
		description: 'An entry of the journal that a jail does not read: journalmatch as saved excludes it.',
	}),
	groups: Type.Record(Type.String(), Type.String({ description: 'What the expression captured, by group.' })),
	spans: Type.Array(testSpan),
	jailIgnored: Type.Boolean({ description: 'The ignore list of the jail keeps the address from a ban.' }),
});

export const testRegex = Type.Object({
	regex: Type.String({ description: 'As fail2ban gets it: names and tags of the filter filled in.' }),
	hits: Type.Integer(),
});

export const testFilter = endpoint({
	method: 'POST',
	path: '/test',
	description: 'Try a filter or expressions on log lines. Changes nothing.',
	permission: 'modify+syslog',
	params: Type.Object({
		...filterParams,
		source: words(['jail', 'journalmatch', 'file', 'text'], {
			description: 'Where the lines come from: the source of the jail, the journal, a log file, or text.',
		}),
		...sourceParams,
		text: Type.Optional(Type.String({ description: 'Log lines, for the source text.', maxLength: 262_144 })),
		limit: Type.Optional(
			Type.Integer({
				description: 'Lines to test at most, the newest ones (default 5,000).',
				minimum: 1,
				maximum: 50_000,
			}),
		),
		show: Type.Optional(
			words(['all', 'matched', 'missed', 'ignored'], {
				description: 'Lines to answer (default all), the newest 500 at most; all are counted.',
			}),
		),
	}),
	answer: Type.Object({
		lines: Type.Array(testLine, { description: 'Oldest first.' }),
		counts: Type.Object({
			matched: Type.Integer(),
			missed: Type.Integer(),
			ignored: Type.Integer(),
			total: Type.Integer(),
		}),
		prefregex: nullable(testRegex),
		failregex: Type.Array(testRegex),
		ignoreregex: Type.Array(testRegex),
		duration: Type.Integer({ description: 'Milliseconds.' }),
		truncated: Type.Boolean({ description: 'More lines match `show` than are answered.' }),
		older: Type.Boolean({ description: 'The source has older lines since that time, beyond `limit`.' }),
		stopped: nullable(
			words(['cpu', 'memory', 'time'], {
				description:
					'Why not all lines were tested: an expression took too much processor time or memory, or all too long.',
			}),
		),
		stoppedAt: nullable(Type.String({ description: 'The line on which it was stopped.' })),
		source: Type.String({ description: 'What was read, in words.' }),
	}),
	task: 'no',
});

export const scanLog = endpoint({
	method: 'POST',
	path: '/scan',
	description:
		'Try a filter or expressions on a whole log with fail2ban-regex, with its output while it runs.',
	permission: 'modify+syslog',
	params: Type.Object({
		...filterParams,
		source: words(['jail', 'journalmatch', 'file'], {
			description: 'Where the lines come from: the source of the jail, the journal, or a log file.',
		}),
		...sourceParams,
	}),
	answer: Type.String(),
	task: 'yes',
});
