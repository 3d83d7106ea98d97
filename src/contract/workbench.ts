import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { messages } from './kit/message.ts';
import { anyJailName, flag, nullable, text, upid, whole, words } from './kit/values.ts';

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
			pve: { typetext: '<filter>' },
			pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$',
			rule: 'Letters, digits, dots, - and _, at most 64 characters.',
		}),
	),
	mode: Type.Optional(
		Type.String({
			description: 'The mode of the filter, e.g. aggressive.',
			pve: { typetext: '<mode>' },
			pattern: '^[A-Za-z0-9_-]{1,32}$',
			rule: 'Letters, digits, - and _, at most 32 characters.',
		}),
	),
	failregex: expressions('Expressions of failures, one per line, as in the file of a filter.'),
	ignoreregex: expressions('Expressions of lines to ignore, one per line.'),
	prefregex: expressions('Expression that all lines must match first.'),
	datepattern: expressions('The format of the dates.'),
	maxlines: Type.Optional(
		Type.Integer({
			description: 'The number of lines that one expression may span.',
			minimum: 1,
			maximum: 100,
		}),
	),
};

/** Where the lines come from. */
const sourceParams = {
	journalmatch: Type.Optional(
		Type.String({
			description: 'Journal matches for the source journalmatch, alternatives one per line.',
			maxLength: 4096,
		}),
	),
	file: Type.Optional(
		Type.String({
			description:
				'Log file for the source file. Others than root@pam may only use the log files of jails and of fail2ban.',
			maxLength: 4096,
		}),
	),
	since: Type.Optional(
		Type.String({
			description: 'How far to read back, e.g. 1d. Not for the source text.',
			maxLength: 64,
		}),
	),
};

/**
 * A part of a line that an expression captured, as `text.slice(start, end)` takes it. Positions count UTF-16 code
 * units, as JavaScript does: an emoji is two.
 */
export const testSpan = Type.Object({
	start: whole('The first position, in UTF-16 code units from 0.'),
	end: whole('The position after the last one, in UTF-16 code units.'),
	name: text('The name of the group; ip is the address or host.'),
});

export const testLine = Type.Object({
	text: Type.String({ description: 'The line as the filter sees it, cut after 4000 characters.' }),
	result: words(['matched', 'missed', 'ignored'], { description: 'The result of the test.' }),
	ip: nullable(
		Type.String({
			description: 'What would be banned: an IP address, or a host name that fail2ban would look up.',
		}),
	),
	time: nullable(Type.Integer({ description: 'Time of the line (UNIX epoch). Not set if it has no date.' })),
	regex: nullable(Type.Integer({ description: 'Index of the failregex that matched, counted from 0.' })),
	'ignored-by': nullable(
		Type.Integer({ description: 'Index of the ignoreregex that matched, counted from 0.' }),
	),
	why: nullable(
		words(['prefregex', 'failregex', 'no-failure'], {
			description:
				'Why it is not a failure: prefregex or failregex did not match, or the one that matched is not a failure by itself (no-failure).',
		}),
	),
	unread: flag('Whether the jail does not read this journal entry, as its saved journalmatch excludes it.'),
	groups: Type.Record(Type.String(), Type.String(), {
		description: 'What the expression captured, by group.',
	}),
	spans: Type.Array(testSpan, { description: 'Where the groups are in the line.' }),
	'jail-ignored': flag('Whether the ignore list of the jail covers the address.'),
});

export const testRegex = Type.Object({
	regex: Type.String({ description: 'The expression as fail2ban gets it.' }),
	hits: whole('Number of lines that it matched.'),
});

export const testFilter = endpoint({
	method: 'POST',
	path: '/test',
	description: 'Test a filter or expressions on log lines.',
	permission: 'modify+syslog',
	params: Type.Object({
		...filterParams,
		source: words(['jail', 'journalmatch', 'file', 'text'], {
			description: 'Where the lines come from: the log of the jail, the journal, a log file, or text.',
		}),
		...sourceParams,
		text: Type.Optional(Type.String({ description: 'Log lines for the source text.', maxLength: 262_144 })),
		limit: Type.Optional(
			Type.Integer({
				description: 'The maximum number of lines to test, newest first, by default 5000.',
				minimum: 1,
				maximum: 50_000,
			}),
		),
		show: Type.Optional(
			words(['all', 'matched', 'missed', 'ignored'], {
				description:
					'The lines to return, by default all. At most the last 500 are returned; all are counted.',
			}),
		),
	}),
	answer: Type.Object({
		lines: Type.Array(testLine, { description: 'The lines, oldest first.' }),
		counts: Type.Object(
			{
				matched: whole('Number of lines matched.'),
				missed: whole('Number of lines missed.'),
				ignored: whole('Number of lines ignored.'),
				total: whole('Number of lines tested.'),
			},
			{ description: 'The counts of all lines tested.' },
		),
		prefregex: nullable(Type.Object(testRegex.properties, { description: 'The prefregex that was tested.' })),
		failregex: Type.Array(testRegex, { description: 'Each failregex that was tested.' }),
		ignoreregex: Type.Array(testRegex, { description: 'Each ignoreregex that was tested.' }),
		duration: whole('Duration of the test in milliseconds.'),
		truncated: flag('Whether there are more such lines than returned.'),
		older: flag('Whether the source has older lines beyond the limit.'),
		stopped: nullable(
			words(['cpu', 'memory', 'time'], {
				description: 'Why not all lines were tested: too much processor time or memory, or too long.',
			}),
		),
		'stopped-at': nullable(Type.String({ description: 'The line at which it stopped.' })),
		source: Type.String({ description: 'What was read, in words.' }),
		messages,
	}),
	task: 'no',
});

export const scanLog = endpoint({
	method: 'POST',
	path: '/scan',
	description: 'Test a filter or expressions on a whole log with fail2ban-regex.',
	permission: 'modify+syslog',
	params: Type.Object({
		...filterParams,
		source: words(['jail', 'journalmatch', 'file'], {
			description: 'Where the lines come from: the log of the jail, the journal, or a log file.',
		}),
		...sourceParams,
	}),
	answer: upid,
	task: 'yes',
});
