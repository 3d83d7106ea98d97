/** What a package ships at one place. */
export interface PackageFile {
	package: string;
	md5: string;
}

/** Files that packages ship below the configuration folder, by name below it; empty where none is known. */
export type PackageFiles = () => ReadonlyMap<string, PackageFile>;

/**
 * Reads dpkg's record of configuration files (`/var/lib/dpkg/status`): debhelper makes every file below /etc one.
 * @param root absolute path of the configuration folder
 */
export function parseConffiles(status: string, root: string): Map<string, PackageFile> {
	const found = new Map<string, PackageFile>();
	const start = ` ${root}/`;
	let name = '';
	for (const line of status.split('\n')) {
		if (line.startsWith('Package: ')) name = line.slice('Package: '.length).trim();
		else if (line.startsWith(start)) {
			const [, file, md5, flag] =
				/^(.+?) ([0-9a-f]{32})( obsolete)?(?: .*)?$/.exec(line.slice(start.length)) ?? [];
			// an obsolete one is no part of the package any more
			if (file !== undefined && md5 !== undefined && flag === undefined)
				found.set(file, { package: name, md5 });
		}
	}
	return found;
}

/** The same from the system, read again only when dpkg changed it. */
export function dpkgFiles(
	root: string,
	readText: (file: string) => string | null,
	timeOf: (file: string) => number | null,
	status = '/var/lib/dpkg/status',
): PackageFiles {
	let known: { time: number | null; files: Map<string, PackageFile> } | undefined;
	return () => {
		const time = timeOf(status);
		if (known === undefined || known.time !== time)
			known = { time, files: parseConffiles(time === null ? '' : (readText(status) ?? ''), root) };
		return known.files;
	};
}
