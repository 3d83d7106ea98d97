import type { ConfigSource } from '../../src/backend/config/layers.ts';

/** A configuration folder in memory; paths relative to `root`, or absolute. */
export function memorySource(files: Readonly<Record<string, string>>, root = '/etc/fail2ban'): ConfigSource {
	const texts = new Map(
		Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `${root}/${name}`, text]),
	);
	return {
		read: (path) => texts.get(path),
		list: (folder) =>
			[...texts.keys()]
				.filter((path) => path.slice(0, path.lastIndexOf('/')) === folder)
				.map((path) => path.slice(folder.length + 1)),
	};
}
