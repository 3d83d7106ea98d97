import { type Message, msg, verbatim } from '../kit/message.ts';
import type { Answer } from './Fail2banServer.ts';
import { ServerError } from './Fail2banServer.ts';

/**
 * The value of an answer, or why fail2ban refused: it sends `(0, value)` or `(1, exception)`, a bare text
 * where it could not read the request or write the value, and `['SHUTDOWN']` while it stops.
 */
export function valueOrRefusal(answer: Answer): Answer | ServerError {
	if (typeof answer === 'string') return new ServerError('refused', answer.replace(/^ERROR: /, ''));
	if (Array.isArray(answer)) {
		if (answer[0] === 'SHUTDOWN') return new ServerError('not-running', msg('fail2ban is shutting down.'));
		if (answer.length === 2 && answer[0] === 0) return answer[1] as Answer;
		if (answer.length === 2 && answer[0] === 1)
			return new ServerError('refused', reason(answer[1] as Answer));
	}
	return new ServerError('protocol', 'fail2ban answered neither a value nor an error.');
}

/** An exception of fail2ban in words; unknown ones keep Python's own. */
function reason(error: Answer): Message {
	if (typeof error !== 'object' || error === null || Array.isArray(error)) return verbatim(String(error));
	const args = Array.isArray(error.args) ? error.args : [];
	const first = args[0] ?? null;
	switch (error.exception) {
		case 'UnknownJailException':
			return msg("Jail '{0}' is not running.", text(first));
		case 'DuplicateJailException':
			return msg("Jail '{0}' is already running.", text(first));
		case 'OperationalError':
			return msg("fail2ban's database: {0}", text(first));
		case 'KeyError':
			// Python's own names the missing key, fail2ban's holds a sentence.
			return /\s/.test(text(first))
				? verbatim(text(first))
				: msg("fail2ban does not know '{0}'.", text(first));
		case 'IndexError':
			return msg('The command lacks an argument.');
		case 'Exception':
		case 'ValueError':
		case 'RuntimeError':
			return first === null ? msg('fail2ban failed: {0}', String(error.exception)) : verbatim(text(first));
		case 'PermissionError':
		case 'FileNotFoundError':
		case 'OSError':
			return verbatim(args.length > 1 ? args.slice(1).map(text).join(': ') : text(first));
		default: {
			const name = String(error.exception ?? error.$global ?? 'unknown error');
			return verbatim(args.length === 0 ? name : `${name}: ${args.map(text).join(', ')}`);
		}
	}
}

function text(value: Answer): string {
	if (typeof value === 'bigint') return value.toString();
	return typeof value === 'object' ? JSON.stringify(value, plain) : String(value);
}

function plain(_key: string, value: unknown): unknown {
	return typeof value === 'bigint' ? value.toString() : value;
}
