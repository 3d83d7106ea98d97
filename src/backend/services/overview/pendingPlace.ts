import type { JailConfig } from '../../config/layers.ts';
import { filterName } from '../edit/filterValue.ts';

/** The option whose line in the files explains a difference. */
const written: Record<string, string> = { running: 'enabled', actions: 'action' };

/**
 * The line that explains why something runs otherwise than the files say; null: none, as for an option that is gone.
 * @param jail '' for the server itself
 * @param option as a difference names it, e.g. `action nftables: actionban`
 */
export function pendingPlace(
	jails: JailConfig,
	jail: string,
	option: string,
): { file: string; line: number } | null {
	if (jail === '') return jails.serverOption(option) ?? null;
	const [, action, property] = /^action ([^/]+): (.+)$/.exec(option) ?? [];
	if (action !== undefined && property !== undefined) return inFiles(jails, `action.d/${action}`, property);
	const found = jails.option(jail, written[option] ?? option);
	if (found !== undefined || !/^(?:fail|ignore|pref)regex$|^datepattern$|^maxlines$/.test(option))
		return found ?? null;
	return inFiles(jails, `filter.d/${filterName(jails.option(jail, 'filter')?.value ?? jail)}`, option);
}

/** Where a filter or action sets an option; its .local comes last and wins. */
function inFiles(
	{ reading }: JailConfig,
	base: string,
	option: string,
): { file: string; line: number } | null {
	for (const file of [...reading.files(base)].reverse()) {
		const document = reading.document(file);
		for (const section of document?.sections() ?? []) {
			const line = document?.lineOf(section, option);
			if (line !== undefined) return { file, line };
		}
	}
	return null;
}
