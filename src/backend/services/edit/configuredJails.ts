import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { filterName } from './filterValue.ts';

/** What the files say of a jail. */
export interface ConfiguredJail {
	jail: string;
	enabled: boolean;
	filter: string;
	backend: string;
	bantime: string;
	findtime: string;
	/** null: not a number, which fail2ban refuses. */
	maxretry: number | null;
	/** Log paths, or journal matches for a jail that reads the journal. */
	source: string;
	/** A .conf file has a section for it. */
	stock: boolean;
	/** Options in a section of its own in .local files. */
	'own-options': number;
}

const known = new WeakMap<ConfigSnapshot, readonly ConfiguredJail[]>();

/** All jails of the configuration, enabled or not, sorted by name. Read once for each state of the files. */
export function configuredJails(snapshot: ConfigSnapshot): readonly ConfiguredJail[] {
	let jails = known.get(snapshot);
	if (jails === undefined) {
		jails = readJails(snapshot);
		known.set(snapshot, jails);
	}
	return jails;
}

function wholeNumber(text: string): number | null {
	return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readJails({ jails }: ConfigSnapshot): ConfiguredJail[] {
	const documents = jails.files().flatMap((file) => {
		const document = jails.reading.document(file);
		return document ? [{ local: file.endsWith('.local'), document }] : [];
	});
	return [...jails.jails()].sort().map((jail) => {
		const value = (option: string, missing: string) => jails.option(jail, option)?.value ?? missing;
		const setting = (option: keyof typeof jailDefaults) => value(option, jailDefaults[option]);
		const backend = setting('backend');
		const from = backend.startsWith('systemd') ? value('journalmatch', '') : value('logpath', '');
		return {
			jail,
			enabled: isTrue(setting('enabled')),
			filter: filterName(value('filter', jail)),
			backend,
			bantime: setting('bantime'),
			findtime: setting('findtime'),
			maxretry: wholeNumber(setting('maxretry')),
			source: from.trim().replace(/\s*\n\s*/g, ' '),
			stock: documents.some(({ local, document }) => !local && document.hasSection(jail)),
			'own-options': new Set(
				documents.flatMap(({ local, document }) => (local ? document.options(jail) : [])),
			).size,
		};
	});
}
