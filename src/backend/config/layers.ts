import type { Message } from '../kit/message.ts';
import { type ConfigProblem, ConfigReading } from './ConfigReading.ts';
import type { ConfigSource } from './ConfigSource.ts';
import type { Scope } from './interpolate.ts';
import { knownByFilter } from './jailReader.ts';
import { MergedConfig, type Setting, tryInterpolate } from './MergedConfig.ts';
import { normalizePath } from './paths.ts';

export type { ConfigProblem } from './ConfigReading.ts';
export type { ConfigSource } from './ConfigSource.ts';
export type { Setting } from './MergedConfig.ts';

/** A setting with what it comes to; null: fail2ban could not resolve it. */
export interface ResolvedSetting extends Setting {
	value: string | null;
}

export interface ResolvedOption extends ResolvedSetting {
	/** The settings that this one beats, the next best first. */
	overrides: ResolvedSetting[];
	/** Why `value` is null. */
	error?: Message;
}

/** The jails of a configuration folder, its server's options, and where each value comes from. */
export class JailConfig {
	/** Absolute, normalized. */
	readonly root: string;
	/** The reading that filters and actions are looked up in too, so that each file is read once. */
	readonly reading: ConfigReading;
	/** jail.conf and what is read with it, as fail2ban sees it, its two built-in defaults included. */
	readonly merged: MergedConfig;
	private readonly server: MergedConfig;
	private readonly jailFiles: string[];
	private readonly serverFiles: string[];
	private readonly known = new Map<string, MergedConfig>();

	/** @param version what `%(fail2ban_version)s` stands for; null: not known yet */
	constructor(
		readonly source: ConfigSource,
		root: string,
		readonly version: string | null,
	) {
		this.root = normalizePath(root);
		this.reading = new ConfigReading(source, this.root);
		this.serverFiles = this.reading.files('fail2ban');
		this.jailFiles = this.reading.files('jail');
		this.server = this.merge(this.serverFiles);
		this.merged = this.merge(this.jailFiles);
		this.merged.defaults.set('fail2ban_version', version ?? '?');
		this.merged.defaults.set('fail2ban_confpath', this.root);
	}

	/** Every jail of every file, enabled or not, in fail2ban's order. */
	jails(): string[] {
		return [...this.merged.sections.keys()].filter(
			(name) => name !== 'INCLUDES' && !name.startsWith('KNOWN/'),
		);
	}

	/** Absolute paths of the files behind the jails and the server's options, in the order of reading. */
	files(): string[] {
		return [...new Set([...this.serverFiles, ...this.jailFiles])];
	}

	/** Files that fail2ban fails on or leaves out, as far as they were read until now. */
	get problems(): readonly ConfigProblem[] {
		return this.reading.problems;
	}

	/** An option of a jail, from its own section or DEFAULT; undefined: fail2ban's or the filter's default. */
	option(jail: string, name: string): ResolvedOption | undefined {
		if (!this.merged.sections.has(jail)) return undefined;
		const own = this.merged.settings(jail, name);
		return resolveSettings(this.knowing(jail), jail, name, own, this.merged.settings('DEFAULT', name));
	}

	/** An option of [DEFAULT], as a jail without a value of its own gets it. */
	defaultOption(name: string): ResolvedOption | undefined {
		return resolveSettings(this.merged, 'DEFAULT', name, [], this.merged.settings('DEFAULT', name));
	}

	/** An option of the server, from [Definition] of fail2ban.conf and .local. */
	serverOption(name: string): ResolvedOption | undefined {
		const own = this.server.settings('Definition', name);
		return resolveSettings(this.server, 'Definition', name, own, this.server.settings('DEFAULT', name));
	}

	/** Where [Definition] of fail2ban.conf and what is read with it sets an option, in the order of reading. */
	serverSettings(name: string): readonly Setting[] {
		return this.server.settings('Definition', name);
	}

	private merge(files: readonly string[]): MergedConfig {
		return new MergedConfig(
			files.flatMap((file) => {
				const document = this.reading.document(file);
				return document ? [{ file, document }] : [];
			}),
		);
	}

	/** A jail's `%(known/…)s` may also come from its filter, which is read only when one is used. */
	private knowing(jail: string): MergedConfig {
		const used = (options: ReadonlyMap<string, unknown> | undefined) =>
			[...(options?.values() ?? [])].some((raw) => typeof raw === 'string' && /%\(known\//i.test(raw));
		if (!used(this.merged.sections.get(jail)) && !used(this.merged.defaults)) return this.merged;
		const before = this.known.get(jail);
		if (before) return before;
		const config = knownByFilter(this, jail) ?? this.merged;
		this.known.set(jail, config);
		return config;
	}
}

function resolveSettings(
	config: MergedConfig,
	section: string,
	name: string,
	own: readonly Setting[],
	defaults: readonly Setting[],
): ResolvedOption | undefined {
	const [winner, ...losers] = [...lastOfEachFile(defaults), ...lastOfEachFile(own)].reverse();
	if (!winner) return undefined;
	const scope = config.scope(section);
	const resolve = (setting: Setting) => {
		if (setting === winner || !/known\//i.test(setting.raw)) return tryInterpolate(setting.raw, scope);
		const at = own.indexOf(setting);
		return tryInterpolate(setting.raw, scopeBefore(scope, name, at > 0 ? own[at - 1] : undefined));
	};
	const overrides = losers.map((setting) => {
		const resolved = resolve(setting);
		return { ...setting, value: 'value' in resolved ? resolved.value : null };
	});
	const resolved = resolve(winner);
	if ('value' in resolved) return { ...winner, value: resolved.value, overrides };
	return { ...winner, value: null, overrides, error: resolved.error };
}

/** A file that is included twice sets its options twice; the later time counts. */
function lastOfEachFile(settings: readonly Setting[]): Setting[] {
	return settings.filter(
		(setting, nth) => !settings.some((later, at) => at > nth && later.file === setting.file),
	);
}

/** For a setting that was overridden `%(known/name)s` meant the setting before it. */
function scopeBefore(scope: Scope, name: string, before: Setting | undefined): Scope {
	const hidden = `KNOWN/${scope.section}`;
	const known = new Map(scope.sections.get(hidden));
	if (before) known.set(name.toLowerCase(), before.raw);
	else known.delete(name.toLowerCase());
	return { ...scope, sections: new Map([...scope.sections, [hidden, known]]) };
}
