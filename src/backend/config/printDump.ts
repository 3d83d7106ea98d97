import type { DumpCommand, DumpValue } from './dump.ts';

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
	const known = named[character];
	if (known !== undefined) return known;
	const code = (character.codePointAt(0) ?? 0).toString(16);
	if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
	return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}

function printText(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	const plain = text.replace(/[\\\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escaped);
	return quote + (quote === "'" ? plain.replaceAll("'", "\\'") : plain) + quote;
}

function printValue(value: DumpValue): string {
	if (value === null) return 'None';
	if (value === true) return 'True';
	if (value === false) return 'False';
	if (typeof value === 'number') return String(value);
	if (typeof value === 'string') return printText(value);
	if (Array.isArray(value)) return printCommand(value);
	const entries = Object.entries(value).map(([key, item]) => `${printText(key)}: ${printValue(item)}`);
	return `{${entries.join(', ')}}`;
}

/** A server command as `fail2ban-client -d` prints it, on one line: a list as Python's `repr()` writes it. */
export function printCommand(command: DumpCommand): string {
	return `[${command.map(printValue).join(', ')}]`;
}
