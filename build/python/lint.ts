import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';

/** In Ruff's own words; the oldest Python is that of Debian 12. */
const settings = {
	'line-length': 120,
	'target-version': 'py311',
	format: { 'quote-style': 'single' },
	lint: {
		select: [
			// faults
			...['A', 'ARG', 'B', 'BLE', 'E', 'F', 'PGH', 'PLE', 'PLW', 'RUF', 'SLOT', 'W'],
			// what can be said more simply
			...['C4', 'ERA', 'FLY', 'FURB', 'ISC', 'PERF', 'PIE', 'RET', 'RSE', 'SIM', 'UP'],
			// names, order of imports, a sentence about each module
			...['D100', 'I', 'N', 'PLC'],
		],
		// a limit that was reached is no error, and filter is fail2ban's word
		ignore: ['N818'],
		'flake8-builtins': { ignorelist: ['filter'] },
		isort: { 'default-section': 'first-party', 'known-third-party': ['fail2ban'] },
	},
};

interface Finding {
	code: string | null;
	message: string;
	start_location: { row: number; column: number };
}

/** Ruff, which needs no Python. */
const ruff = new Workspace(settings, PositionEncoding.Utf16);

/** What is wrong with a text, a line each. */
export function lintPython(file: string, text: string): string[] {
	const findings = (ruff.check(text) as Finding[]).map(
		({ code, message, start_location: { row, column } }) =>
			`${file}:${row}:${column} ${code ?? 'syntax'}: ${message}`,
	);
	if (findings.length === 0 && formatPython(text) !== text)
		findings.push(`${file}: npm run format changes it.`);
	return findings;
}

/** Throws if it is not Python. */
export function formatPython(text: string): string {
	return ruff.format(text);
}
