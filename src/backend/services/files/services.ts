import type { FileChange, FileRow } from '../../../contract/types.ts';
import { ConfigError } from '../../config/ConfigError.ts';
import { decodeConfig } from '../../config/decode.ts';
import { isReadWhenMade } from '../../config/usedFile.ts';
import type { ConfigChanges, PlannedChange } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { Caller } from '../../kit/caller.ts';
import { ApiError, invalidParams, reasonText, refusal } from '../../kit/errors.ts';
import { lines, type Message, msg, sentences, told } from '../../kit/message.ts';
import { sha1 } from '../../kit/sha1.ts';
import type { Result, Services } from '../kit/call.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { type FileSources, fileRows } from './list.ts';
import {
	changedOptions,
	type FileProblem,
	locate,
	stoppedJails,
	textProblems,
	withLineEnds,
} from './rawEdit.ts';

export interface FilesDeps extends FileSources {
	files: ConfigFiles;
	changes: ConfigChanges;
	/** Asks fail2ban what it makes of a change; throws ApiError 400 if it is worse than before. */
	tryChange: (snapshot: ConfigSnapshot, planned: PlannedChange) => Promise<unknown>;
	figures: Pick<ServerFigures, 'changed'>;
}

/** What shall become of a file; text null: it goes. */
interface Edit {
	name: string;
	text: string | null;
	/** It shall not be there yet. */
	isNew: boolean;
	digest: string | undefined;
}

/** A file that is not UTF-8 is shown by its bytes, so that saving it makes it so. */
function textOf(bytes: Uint8Array, name: string): { text: string; problems: FileProblem[] } {
	try {
		return { text: decodeConfig(bytes, name), problems: [] };
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const problem = { line: error.place.line ?? null, message: error.text };
		return { text: Buffer.from(bytes).toString('latin1'), problems: [problem] };
	}
}

function inWords({ line, message }: FileProblem): Message {
	return line === null ? message : msg('Line {0}: {1}', line, message);
}

/** What the lockout guard wants to know of a call. */
interface Guarded {
	client?: string;
	force?: boolean;
}

/** A text that fail2ban would not read, or not as it is meant. */
class FaultyText extends ApiError {
	constructor(readonly problems: readonly [FileProblem, ...FileProblem[]]) {
		const text = sentences([msg('Nothing was saved.'), inWords(problems[0])]);
		super(400, 'faulty-text', text, { content: lines(problems.map(inWords)) });
	}
}

export function filesServices({
	files,
	folder,
	packages,
	changes,
	tryChange,
	figures,
}: FilesDeps): Pick<Services, 'listFiles' | 'getFile' | 'createFile' | 'updateFile' | 'deleteFile'> {
	const rows = () => fileRows({ folder, packages }, files.snapshot());

	/** Throws ApiError 404 for a file that is not there, 409 for a link or what fail2ban does not read. */
	function shown(name: string): FileRow {
		const row = rows().find((one) => one.name === name);
		if (row === undefined) throw noFile(name);
		if (!row.used) {
			const message = msg('{0} is not shown: fail2ban does not read it, or it is a symbolic link.', name);
			throw refusal(409, 'file-refused', 'name', message);
		}
		return row;
	}

	/** The present bytes, checked to be what the caller knows. */
	function current({ name, isNew, digest }: Edit): Buffer | null {
		const bytes = readable(() => folder.read(name));
		if (bytes === null) {
			if (!isNew) throw noFile(name);
			if (isReadWhenMade(name, (other) => folder.read(other) !== null)) return null;
			throw invalidParams({ name: msg('fail2ban would not read {0}.', name) });
		}
		if (isNew) throw refusal(409, 'file-exists', 'name', msg('{0} already exists.', name));
		if (digest !== undefined && digest !== sha1(bytes)) {
			const message = msg('{0} was changed in the meantime. Reload and try again.', name);
			throw refusal(409, 'digest-mismatch', 'digest', message);
		}
		return bytes;
	}

	/** What the edit comes to. Throws ApiError 400 for a text that fail2ban would not read. */
	function plan(snapshot: ConfigSnapshot, edit: Edit): PlannedChange & { stops: string[] } {
		const bytes = current(edit);
		const before = bytes === null ? '' : textOf(bytes, edit.name).text;
		const text = edit.text === null ? null : withLineEnds(before, edit.text);
		const problems = text === null ? [] : textProblems(edit.name, before, text);
		const [first, ...others] = problems;
		if (first) throw new FaultyText([first, ...others]);
		const edits = [{ file: edit.name, text, whole: true as const }];
		return {
			edits,
			expected: [],
			changed: changedOptions(before, text ?? ''),
			stops: stoppedJails(snapshot, edits),
		};
	}

	/** fail2ban's own complaint, at its line. */
	function complaint(error: unknown, { name, text }: Edit): unknown {
		if (!(error instanceof ApiError) || error.code !== 'config-worse') return error;
		return new FaultyText([locate(name, text ?? '', error.text)]);
	}

	async function check(edit: Edit): Promise<{ data: FileChange }> {
		const snapshot = files.fresh();
		try {
			const planned = plan(snapshot, edit);
			await tryChange(snapshot, planned);
			return {
				data: {
					problems: [],
					stops: planned.stops,
					digest: edit.digest ?? null,
					pending: false,
					provisional: null,
				},
			};
		} catch (error) {
			const faulty = complaint(error, edit);
			if (!(faulty instanceof FaultyText)) throw faulty;
			const problems = faulty.problems.map((problem) => told(problem));
			return {
				data: { problems, stops: [], digest: edit.digest ?? null, pending: false, provisional: null },
			};
		}
	}

	async function write(
		edit: Edit,
		what: Message,
		caller: Caller,
		{ client, force = false }: Guarded,
	): Promise<Result<FileChange>> {
		let stops: string[] = [];
		let digest: string | null = null;
		try {
			const result = await makeChange(changes, figures, {
				caller,
				what,
				forced: force,
				client,
				plan(snapshot) {
					const planned = plan(snapshot, edit);
					const text = planned.edits[0]?.text ?? null;
					digest = text === null ? null : sha1(Buffer.from(text, 'utf8'));
					stops = planned.stops;
					return planned;
				},
			});
			if ('task' in result) return result;
			const { pending, provisional } = result.data;
			return { data: { problems: [], stops, digest, pending, provisional } };
		} catch (error) {
			throw complaint(error, edit);
		}
	}

	return {
		async listFiles() {
			return { data: rows() };
		},

		async getFile({ params: { name } }) {
			const row = shown(name);
			const bytes = readable(() => folder.read(name));
			if (bytes === null) throw noFile(name);
			const { text, problems } = textOf(bytes, name);
			// what stands there already is held to the parser alone; a program is no configuration
			const parsed = /\.(?:conf|local)$/.test(name) && problems.length === 0;
			const { origin, package: from, edit } = row;
			const digest = sha1(bytes);
			return {
				data: {
					name,
					content: text,
					digest,
					origin,
					package: from,
					editable: edit !== null,
					problems: (parsed ? textProblems(name, text, text) : problems).map((problem) => told(problem)),
				},
			};
		},

		async createFile({ params: { name, content, check: only, ...rest }, caller }) {
			const edit = { name, text: content, isNew: true, digest: undefined };
			return only ? check(edit) : write(edit, msg('create {0}', name), caller, rest);
		},

		async updateFile({ params: { name, content, digest, check: only, ...rest }, caller }) {
			const edit = { name, text: content, isNew: false, digest };
			return only ? check(edit) : write(edit, msg('edit {0}', name), caller, rest);
		},

		async deleteFile({ params: { name, digest, check: only, ...rest }, caller }) {
			const edit = { name, text: null, isNew: false, digest };
			return only ? check(edit) : write(edit, msg('remove {0}', name), caller, rest);
		},
	};
}

function noFile(name: string): ApiError {
	return refusal(404, 'no-file', 'name', msg('There is no file {0}.', name));
}

/** A link or an odd file is the admin's, and told so. */
function readable<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
		throw new ApiError(409, 'file-refused', reasonText(error));
	}
}
