import { ApiError } from '../kit/errors.ts';
import { type Message, msg } from '../kit/message.ts';

const texts: Record<string, Message> = {
	ENOSPC: msg('no space left on the device'),
	EDQUOT: msg('the disk quota is used up'),
	EROFS: msg('the file system is read-only'),
	EACCES: msg('permission denied'),
	EPERM: msg('not permitted; the file may be immutable (lsattr)'),
	EIO: msg('the disk reports an input/output error'),
};

/** A file operation failed, and nothing was changed. */
export class DiskError extends ApiError {
	constructor(
		status: ApiError['status'],
		message: Message,
		/** Why, as a sentence that does not say what became of the change. */
		readonly reason: Message,
	) {
		super(status, 'disk', message);
	}
}

/** Turns a failed file operation into an error that names the file; other errors pass. */
export function diskError(error: unknown): unknown {
	if (!(error instanceof Error) || error instanceof ApiError) return error;
	const { code, path } = error as NodeJS.ErrnoException;
	const text = code === undefined ? undefined : texts[code];
	if (text === undefined) return error;
	const full = code === 'ENOSPC' || code === 'EDQUOT';
	// TRANSLATORS: {0}: file, {1}: "no space left on the device" or the like
	const message =
		path === undefined
			? msg('Nothing was changed: {0}.', text)
			: msg('Nothing was changed: {0}: {1}.', path, text);
	const reason = msg('{0}.', path === undefined ? text : msg('{0}: {1}', path, text));
	return new DiskError(full ? 507 : 500, message, reason);
}
