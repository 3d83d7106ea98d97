import type { Place } from '../../config/placement.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams } from '../../kit/errors.ts';
import { relative } from '../kit/relativePath.ts';
import { blockedWords } from './blockedWords.ts';
import type { EditedConfig } from './EditedConfig.ts';

/** The file that an option is written to. Throws ApiError 400 that names the file which would still win. */
export function fileOf({ jails, root }: ConfigSnapshot, place: Place, param: string): string {
	if ('file' in place) return relative(root, place.file);
	throw invalidParams({ [param]: blockedWords(jails, root, place.blockedBy) });
}

/** Removes an option from a section; false: it was not there. A file that then says nothing loses its header too. */
export function giveBackIn(config: EditedConfig, file: string, section: string, option: string): boolean {
	if (config.document(file).get(section, option) === undefined) return false;
	config.delete(file, section, option);
	if (config.document(file).toString().trim() === `[${section}]`) config.deleteSection(file, section);
	return true;
}
