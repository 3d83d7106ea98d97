import { jailOptions } from '../../../contract/kit/jailOptions.ts';
import type { ResolvedOption } from '../../config/layers.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { relative } from '../kit/relativePath.ts';

const order = new Map(jailOptions.map(({ name }, at) => [name, at]));

/** The jail's own options and those of [DEFAULT]: first what a jail can be told, then what these refer to. */
function optionNames({ jails }: ConfigSnapshot, jail: string): string[] {
	const { defaults, sections } = jails.merged;
	const names = new Set([...(sections.get(jail)?.keys() ?? []), ...defaults.keys()]);
	const rank = (name: string) => order.get(name) ?? order.size;
	return [...names].sort((one, other) => rank(one) - rank(other));
}

/** A value that is resolved holds no reference any more, so each of its % stands for itself. */
function writtenValue({ value, raw }: ResolvedOption, show: (value: string) => string): string {
	return value === null ? show(raw) : show(value).replaceAll('%', '%%');
}

/**
 * The jail's section as if all files were one: each option that fail2ban reads for it with its references resolved,
 * and in a comment above the file and line that it comes from. What cannot be resolved stays as written, with the
 * reason. fail2ban reads the same jail from it.
 * @param shown what the caller may see of a value
 */
export function jailIni(
	snapshot: ConfigSnapshot,
	jail: string,
	shown: (option: string, value: string) => string,
): string {
	const lines = [`[${jail}]`];
	for (const name of optionNames(snapshot, jail)) {
		const option = snapshot.jails.option(jail, name);
		// what fail2ban itself adds stands in no file
		if (option === undefined) continue;
		const show = (value: string) => shown(name, value);
		const fault = option.error === undefined ? '' : ` (${show(String(option.error)).replaceAll('\n', ' ')})`;
		const value = writtenValue(option, show).replaceAll('\n', '\n\t');
		lines.push(`# ${relative(snapshot.root, option.file)}:${option.line}${fault}`);
		lines.push(`${name} = ${value}`.trimEnd());
	}
	return `${lines.join('\n')}\n`;
}
