import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, words } from './kit/values.ts';

const cursor = (what: string) =>
	Type.Optional(
		Type.String({
			description: what,
			maxLength: 256,
			pattern: '^[A-Za-z0-9=;-]+$',
			rule: 'A cursor is one of those that the call answered before.',
		}),
	);
const time = (what: string) =>
	Type.Optional(Type.Integer({ description: what, minimum: 0, maximum: 100_000_000_000 }));
const lines = (what: string) => Type.Optional(Type.Integer({ description: what, minimum: 1, maximum: 500 }));

export const getLog = endpoint({
	method: 'GET',
	path: '/log',
	description:
		'Lines of fail2ban’s own log, from the file with its rotated ones or from the journal, as the call for the ' +
		'journal of a node answers them: the first and the last element are the cursors of what lies between. A search ' +
		'answers the next lines that match.',
	permission: 'syslog',
	params: Type.Object({
		startcursor: cursor('Lines behind this cursor.'),
		endcursor: cursor('Lines before this cursor.'),
		lastentries: lines('The last lines, this many at most.'),
		limit: lines('Lines at most. Default: 500; 5000 for a time span.'),
		since: time('Lines of this time or later, in Unix seconds.'),
		until: time('Lines from before this time, in Unix seconds.'),
		search: Type.Optional(
			Type.String({
				description: 'Part of a line, any case.',
				minLength: 1,
				maxLength: 200,
				pattern: '^[^\\u0000-\\u001f\\u007f]+$',
				rule: 'A search holds no control character.',
			}),
		),
		jail: Type.Optional(anyJailName),
		level: Type.Optional(
			words(['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'], {
				description: 'Lines of this level and worse ones.',
			}),
		),
	}),
	answer: Type.Array(Type.String()),
	task: 'no',
});
