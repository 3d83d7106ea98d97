import { ApiError } from '../kit/errors.ts';

const texts: Record<string, string> = {
	ENOSPC: 'no space left on the device',
	EDQUOT: 'the disk quota is used up',
	EROFS: 'the file system is read-only',
	EACCES: 'permission denied',
	EPERM: 'not permitted; is the file immutable (lsattr)?',
	EIO: 'input/output error of the disk',
};

/** Turns a failed file operation into an error that names the file; other errors pass. */
export function diskError(error: unknown): unknown {
	if (!(error instanceof Error) || error instanceof ApiError) return error;
	const { code, path } = error as NodeJS.ErrnoException;
	const text = code === undefined ? undefined : texts[code];
	if (text === undefined) return error;
	const full = code === 'ENOSPC' || code === 'EDQUOT';
	return new ApiError(full ? 507 : 500, 'disk', `Nothing was changed: ${path ?? 'write'}: ${text}.`);
}
