import { createHash } from 'node:crypto';
import path from 'node:path';
import { decodeConfig } from '../config/decode.ts';
import { type ConfigSource, JailConfig } from '../config/layers.ts';
import { reasonText } from '../kit/errors.ts';
import type { ConfigFiles, ConfigSnapshot } from './ConfigFiles.ts';
import { StatCache } from './StatCache.ts';

/** The configuration folder on disk. Reads only; fail2ban and its admin may change it at any time. */
export class ConfigFolder implements ConfigFiles {
	readonly #root: string;
	readonly #fail2banVersion: () => string | null;
	#current: { snapshot: ConfigSnapshot; stats: StatCache; version: string | null } | undefined;

	/** @param fail2banVersion what `%(fail2ban_version)s` stands for; null: not known yet */
	constructor(root: string, fail2banVersion: () => string | null) {
		this.#root = path.resolve(root);
		this.#fail2banVersion = fail2banVersion;
	}

	snapshot(): ConfigSnapshot {
		const current = this.#current;
		if (current?.version === this.#fail2banVersion() && current.stats.unchanged()) return current.snapshot;
		this.#current = this.#read();
		return this.#current.snapshot;
	}

	/** Reads every byte again, even when stat tells no difference. */
	fresh(): ConfigSnapshot {
		this.#current = this.#read();
		return this.#current.snapshot;
	}

	relative(file: string): string {
		const relative = path.relative(this.#root, file);
		return relative.startsWith('..') ? file : relative;
	}

	#read(): { snapshot: ConfigSnapshot; stats: StatCache; version: string | null } {
		const version = this.#fail2banVersion();
		const stats = new StatCache();
		const hash = createHash('sha1');
		const hashed = new Set<string>();
		const texts = new Map<string, string | undefined>();
		const problems: ConfigSnapshot['problems'] = [];
		const read = (file: string): string | undefined => {
			if (texts.has(file)) return texts.get(file);
			let text: string | undefined;
			try {
				const bytes = stats.readFile(file);
				if (bytes !== undefined) {
					if (!hashed.has(file)) hash.update(`${file}\0${bytes.length}\0`).update(bytes);
					hashed.add(file);
					text = decodeConfig(bytes, this.relative(file));
				}
			} catch (error) {
				// fail2ban skips a file that is no text with a line in its log, so the rest is still true
				problems.push({ file, message: reasonText(error) });
			}
			texts.set(file, text);
			return text;
		};
		const source: ConfigSource = { read, list: (folder) => stats.readFolder(folder) };
		const jails = new JailConfig(source, this.#root, version);
		// the digest covers what makes up the jails' and the server's options, not the filters
		const digest = hash.copy().digest('hex');
		return { snapshot: { root: this.#root, source, jails, digest, problems }, stats, version };
	}
}
