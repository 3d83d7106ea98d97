import type { ValueOrigin } from '../../../contract/types.ts';
import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { filterOptions } from '../../config/filterReader.ts';
import { knownByFilter } from '../../config/jailReader.ts';
import type { JailConfig } from '../../config/layers.ts';
import { MergedConfig } from '../../config/MergedConfig.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { filterName } from '../edit/filterValue.ts';
import { relative } from '../kit/relativePath.ts';

function filterFiles({ reading }: JailConfig, name: string): MergedConfig {
	return new MergedConfig(
		reading.files(`filter.d/${name}`).flatMap((file) => {
			const document = reading.document(file);
			return document ? [{ file, document }] : [];
		}),
	);
}

/** Options that a jail may set and its filter brings along, with the file and line of the filter. */
function fromFilter({ jails, root }: ConfigSnapshot, jail: string): Map<string, ValueOrigin> {
	const found = new Map<string, ValueOrigin>();
	const known = knownByFilter(jails, jail)?.sections.get(jail);
	const name = filterName(jails.option(jail, 'filter')?.value ?? '');
	if (known === undefined || name === '') return found;
	const files = filterFiles(jails, name);
	for (const option of Object.keys(filterOptions)) {
		const value = known.get(`known/${option}`);
		const at = [...files.settings('Definition', option), ...files.settings('Init', option)].at(-1);
		if (value === undefined || String(value).trim() === '' || at === undefined) continue;
		found.set(option, {
			value: String(value).trim(),
			raw: at.raw,
			file: relative(root, at.file),
			line: at.line,
		});
	}
	return found;
}

/** What holds for the options that no file of the jails sets: what the filter says, else fail2ban's own defaults. */
export function jailFallbacks(snapshot: ConfigSnapshot, jail: string): ReadonlyMap<string, ValueOrigin> {
	// how bans grow says nothing where nobody set it
	const plain = Object.entries(jailDefaults).filter(([option]) => !option.startsWith('bantime.'));
	const defaults = plain.map(
		([option, value]) => [option, { value, raw: null, file: null, line: null }] as const,
	);
	return new Map<string, ValueOrigin>([...defaults, ...fromFilter(snapshot, jail)]);
}
