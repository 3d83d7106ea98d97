/** Where configuration files come from; the seam between this layer and the disk. Paths are absolute. */
export interface ConfigSource {
	/**
	 * Decoded text of a file; undefined if there is none, or none that can be read. It may throw what
	 * `decodeConfig` throws: such a file is left out, as fail2ban does.
	 */
	read(path: string): string | undefined;
	/** Names of the files in a folder, in any order; none if there is no such folder. */
	list(folder: string): string[];
}
