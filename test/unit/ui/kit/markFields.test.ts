import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import '../globals.ts';
import { expect, it } from 'vitest';
import { markFields } from '../../../../src/ui/kit/markFields.ts';

const ui = fileURLToPath(new URL('../../../../src/ui', import.meta.url));

it('encodes what the server says of a field, since ExtJS shows it as HTML', () => {
	const marked: Record<string, string>[] = [];
	const form = { markInvalid: (errors: Record<string, string>) => marked.push(errors) };
	markFields(form as unknown as Parameters<typeof markFields>[0], {
		ip: "'<img src=x onerror=alert(1)>' is not an address.",
	});
	expect(marked).toEqual([{ ip: '&#39;&lt;img src=x onerror=alert(1)&gt;&#39; is not an address.' }]);
});

it('is the only way to mark the fields of a form', () => {
	const files = readdirSync(ui, { recursive: true, encoding: 'utf8' }).filter(
		(file) => file.endsWith('.ts') && !file.startsWith('types') && file !== 'kit/markFields.ts',
	);
	const direct = files.filter((file) =>
		/\b(form|getForm\(\))\.markInvalid\(/.test(readFileSync(path.join(ui, file), 'utf8')),
	);
	expect(files.length).toBeGreaterThan(50);
	expect(direct).toEqual([]);
});
