import { ConfigDocument } from '../../config/ConfigDocument.ts';
import { ConfigError } from '../../config/ConfigError.ts';
import { JailConfig } from '../../config/layers.ts';
import type { FileEdit } from '../../files/ConfigChange.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { overlay } from '../../files/overlay.ts';
import { invalidParams, refusal } from '../../kit/errors.ts';

interface Line {
	value: string;
	comment?: string;
}

/** A configuration with changes that are not written yet, file by file. Files are relative to the folder. */
export class EditedConfig {
	readonly #documents = new Map<string, ConfigDocument>();
	readonly #before = new Map<string, string | undefined>();
	#jails: JailConfig | null;

	constructor(readonly snapshot: ConfigSnapshot) {
		this.#jails = snapshot.jails;
	}

	/** The effective values with the changes made. */
	get jails(): JailConfig {
		if (this.#jails === null) {
			const { source, root, jails } = this.snapshot;
			this.#jails = new JailConfig(overlay(source, root, this.edits()), root, jails.version);
		}
		return this.#jails;
	}

	document(file: string): ConfigDocument {
		const known = this.#documents.get(file);
		if (known) return known;
		const path = `${this.snapshot.root}/${file}`;
		const problem = this.snapshot.problems.find((one) => one.file === path);
		if (problem) throw refusal(400, 'faulty-file', 'file', problem.message);
		const text = this.snapshot.source.read(path);
		const document = ConfigDocument.parse(text ?? '', file);
		this.#documents.set(file, document);
		this.#before.set(file, text);
		return document;
	}

	/** Throws ApiError 400 that names `param` when the file cannot carry the value. */
	setLines(file: string, section: string, option: string, lines: readonly Line[], param = option): void {
		this.#change(file, param, (document) => document.setLines(section, option, lines));
	}

	set(file: string, section: string, option: string, value: string, param = option): void {
		this.#change(file, param, (document) => document.set(section, option, value));
	}

	delete(file: string, section: string, option: string): void {
		this.#change(file, option, (document) => document.delete(section, option));
	}

	deleteSection(file: string, section: string): void {
		this.#change(file, 'jail', (document) => document.deleteSection(section));
	}

	/** What to write; a file that holds nothing any more is deleted. */
	edits(): FileEdit[] {
		return [...this.#documents].flatMap(([file, document]) => {
			const before = this.#before.get(file);
			const text = document.toString();
			if (text === (before ?? '')) return [];
			return [{ file, text: text.trim() === '' ? null : text }];
		});
	}

	#change(file: string, param: string, change: (document: ConfigDocument) => ConfigDocument): void {
		const before = this.document(file);
		const after = attempt(param, () => change(before));
		if (after === before) return;
		this.#documents.set(file, after);
		this.#jails = null;
	}
}

/** A value that no INI file can carry is the caller's mistake; a file that is broken already is not. */
export function attempt<T>(param: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		if (error.code === 'faulty-file') throw refusal(400, 'faulty-file', param, error.text);
		throw invalidParams({ [param]: error.text });
	}
}
