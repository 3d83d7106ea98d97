import type { FileChange, FileRow, OpenedFile } from '../../contract/types.ts';
import { base, type MaybeTask, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

export function listFiles(node: string, waits?: Waits): Promise<FileRow[]> {
	return request('GET', `${base(node)}/files`, {}, waits);
}

export function getFile(node: string, name: string, waits?: Waits): Promise<OpenedFile> {
	return request('GET', `${base(node)}/file`, { name }, waits);
}

/** What an editor does with a file; without a digest it is new. */
export interface FileParams {
	name: string;
	digest: string | undefined;
	content?: string;
	/** Only tells what is wrong, and which jails would stop. */
	check?: boolean;
	force?: boolean;
}

export function saveFile(node: string, file: FileParams, waits?: Waits): Promise<MaybeTask<FileChange>> {
	return write(file.digest === undefined ? 'POST' : 'PUT', `${base(node)}/file`, file, waits);
}

export function deleteFile(node: string, file: FileParams, waits?: Waits): Promise<MaybeTask<FileChange>> {
	return write('DELETE', `${base(node)}/file`, file, waits);
}
