import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slug } from '../../../build/help.ts';
import { root } from '../../../build/setup/paths.ts';

const documents = ['.', 'docs', 'docs/guide'].flatMap((folder) =>
	readdirSync(join(root, folder))
		.filter((name) => name.endsWith('.md'))
		.map((name) => join(root, folder, name)),
);

/** Places of a document, as code hosts make them: a heading of the same text again gets a number. */
function placesOf(path: string): readonly string[] {
	const text = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
	return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading));
}

describe.each(documents.map((path) => [relative(root, path), path] as const))('%s', (_name, path) => {
	const text = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
	const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, href = '']) => href);

	it('links to files and places that exist', () => {
		const broken = links.filter((href) => {
			if (/^https?:/.test(href)) return false;
			const [file = '', place] = href.split('#');
			const target = file === '' ? path : join(dirname(path), file);
			if (!existsSync(target)) return true;
			return place !== undefined && statSync(target).isFile() && !placesOf(target).includes(place);
		});
		expect(broken).toEqual([]);
	});
});
