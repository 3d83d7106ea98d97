import { InterpolationError, interpolate } from './interpolate.ts';
import { parseConfig } from './parseConfig.ts';
import { normalizePath, pathBelow } from './paths.ts';
import { cutLine } from './valueLines.ts';

/**
 * The text of a file for a copy of the folder: includes that name the live folder by an absolute path name
 * the copy instead, because fail2ban would otherwise read the live files. Nothing else is changed; a file
 * that fail2ban refuses stays as it is. Roots are absolute; `text` may be decoded as Latin-1.
 */
export function stageIncludes(text: string, liveRoot: string, stageRoot: string): string {
	const { lines, entries, headers, errors } = parseConfig(text);
	if (errors.length > 0 || !headers.some(({ section }) => section === 'INCLUDES')) return text;
	const live = normalizePath(liveRoot);
	const sections = new Map<string, Map<string, string>>();
	for (const { section, option, values } of entries) {
		const options = sections.get(section) ?? new Map<string, string>();
		sections.set(section, options.set(option, values.join('\n')));
	}
	const scope = {
		section: 'INCLUDES',
		sections,
		defaults: sections.get('DEFAULT') ?? new Map<string, string>(),
	};
	const staged = (value: string): string => {
		const path = resolved(value, scope);
		const below = path?.startsWith('/') ? pathBelow(live, normalizePath(path)) : undefined;
		return below === undefined ? value : `${stageRoot}/${below}`.replaceAll('%', '%%');
	};
	const changed = new Map<number, string>();
	for (const { section, option, lines: own } of entries) {
		// An option of [DEFAULT] counts in [INCLUDES] too.
		if (!/^(INCLUDES|DEFAULT)$/.test(section) || !/^(before|after)$/.test(option)) continue;
		own.forEach((index, nth) => {
			const { before, value, after } = cutLine(lines[index]?.text ?? '', nth === 0);
			if (value !== '') changed.set(index, `${before}${staged(value)}${after}`);
		});
	}
	return lines.map((line, index) => (changed.get(index) ?? line.text) + line.eol).join('');
}

function resolved(value: string, scope: Parameters<typeof interpolate>[1]): string | undefined {
	try {
		return interpolate(value, scope);
	} catch (error) {
		if (error instanceof InterpolationError) return undefined;
		throw error;
	}
}
