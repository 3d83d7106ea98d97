import type { FileRow } from '../../../contract/types.ts';
import { isPackageName, isUsedFile } from '../../config/usedFile.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { FolderFile, FolderFiles } from '../../files/FolderFiles.ts';
import type { PackageFiles } from '../../files/packageFiles.ts';
import { isLocalFile } from '../../files/replaceFile.ts';
import { relative } from '../kit/relativePath.ts';

/** Where the bytes of the folder come from, and what packages ship there. */
export interface FileSources {
	folder: FolderFiles;
	packages: PackageFiles;
}

function originOf({ folder, packages }: FileSources, file: FolderFile): Pick<FileRow, 'origin' | 'package'> {
	const shipped = packages();
	const known = shipped.get(file.name);
	if (known) {
		const origin = folder.md5(file) === known.md5 ? 'package' : 'changed';
		return { origin, package: known.package };
	}
	// a folder that no package knows is a copy, of which only the names tell
	if (shipped.size === 0 && isPackageName(file.name)) return { origin: 'package', package: 'fail2ban' };
	return { origin: 'local', package: null };
}

/** Every file below the configuration folder, by name. */
export function fileRows(sources: FileSources, { jails, root }: ConfigSnapshot): FileRow[] {
	const included = new Set(jails.files().map((file) => relative(root, file)));
	return sources.folder.list().map((file) => {
		const used = file.plain && (isUsedFile(file.name) || included.has(file.name));
		return {
			name: file.name,
			size: file.size,
			mtime: file.mtime,
			...originOf(sources, file),
			used,
			edit: used && isLocalFile(file.name) ? 'root' : null,
		};
	});
}
