import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importViolations } from './import/violations.ts';
import { root } from './setup/paths.ts';

const found = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.ts'))
	.sort()
	.flatMap((name) => importViolations(`src/${name}`, readFileSync(join(root, 'src', name), 'utf8')));
for (const line of found) {
	console.error(line);
}
process.exitCode = found.length > 0 ? 1 : 0;
