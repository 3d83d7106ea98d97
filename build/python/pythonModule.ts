import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';

/** Files of this kind are bundled as text. */
export const pythonFile = /\.py$/;

/**
 * A file of src/python as a JavaScript module: its default export is a `PythonModule`, which holds the file's text and,
 * by imports of their own, the modules beside it that it imports. So a bundle has the text of each module once.
 */
export function pythonModule(file: string): string {
	const text = readFileSync(file, 'utf8');
	const imports = importsOf(text).filter((name) => existsSync(join(dirname(file), `${name}.py`)));
	const lines = imports.map((name) => `import ${name}_py from './${name}.py';`);
	const list = imports.map((name) => `${name}_py`).join(', ');
	const { name } = parse(file);
	return `${lines.join('\n')}\nexport default { name: '${name}', text: ${literal(withoutTitle(text))}, imports: [${list}] };\n`;
}

/** Without the sentences about the file at its top, which no program reads; the lines keep their numbers. */
function withoutTitle(text: string): string {
	return text.replace(/^""".*?"""/s, (title) => title.replace(/[^\n]/g, ''));
}

/** The top-level modules that a text imports, each once. */
function importsOf(text: string): string[] {
	const found = text.matchAll(/^[ \t]*(?:from|import)[ \t]+(\w+)/gm);
	return [...new Set([...found].map(([, name]) => name as string))];
}

/** As a template, so that the bundle can be read. */
function literal(text: string): string {
	return `\`${text.replace(/[\\`]|\$\{/g, '\\$&')}\``;
}
