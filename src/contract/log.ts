import { Type } from '@sinclair/typebox';
import { endpoint } from './kit/endpoint.ts';
import { anyJailName, words } from './kit/values.ts';

const cursor = (what: string) =>
	Type.Optional(
		Type.String({
			description: what,
			maxLength: 256,
			pattern: '^[A-Za-z0-9=;-]+$',
			rule: 'A cursor that this call returned.',
			pve: { typetext: '<cursor>' },
		}),
	);
const time = (what: string) =>
	Type.Optional(Type.Integer({ description: what, minimum: 0, maximum: 100_000_000_000 }));
const lines = (what: string) => Type.Optional(Type.Integer({ description: what, minimum: 1, maximum: 500 }));

export const getLog = endpoint({
	method: 'GET',
	path: '/log',
	description:
		'Read the log of fail2ban, from its file with the rotated ones or from the journal. As for the journal of a ' +
		'node, the first and the last element are the cursors of the lines between them. A search returns the next lines ' +
		'that match.',
	permission: 'syslog',
	params: Type.Object({
		startcursor: cursor('Only list lines after this cursor.'),
		endcursor: cursor('Only list lines before this cursor.'),
		lastentries: lines('Limit to the last X lines. Conflicts with a range.'),
		limit: lines('The maximum number of lines, by default 500, or 5000 for a time span.'),
		since: time('Only list lines from this time on (UNIX epoch).'),
		until: time('Only list lines before this time (UNIX epoch).'),
		search: Type.Optional(
			Type.String({
				description: 'Only list lines that contain this text, ignoring case.',
				pve: { typetext: '<text>' },
				minLength: 1,
				maxLength: 200,
				pattern: '^[^\\u0000-\\u001f\\u007f]+$',
				rule: 'No control characters.',
			}),
		),
		jail: Type.Optional(anyJailName),
		level: Type.Optional(
			words(['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'], {
				description: 'Only list lines of this level or more severe ones.',
			}),
		),
	}),
	answer: Type.Array(Type.String()),
	task: 'no',
});
