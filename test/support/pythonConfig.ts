import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Release } from './fail2ban.ts';

/** What fail2ban's parser makes of one file. */
export type PythonReading =
	| { ok: true; defaults: Record<string, string>; sections: Record<string, Record<string, string>> }
	| { ok: false; error: string; message: string };

const readFiles = `
import sys, json, base64, tempfile, os, configparser
from fail2ban.client.configparserinc import SafeConfigParserWithIncludes as Parser
answers = []
folder = tempfile.mkdtemp()
path = os.path.join(folder, 'x.conf')
for item in json.load(sys.stdin):
	with open(path, 'wb') as f: f.write(base64.b64decode(item))
	parser = Parser()
	try:
		parser.read(path, get_includes=False)
		answers.append({'ok': True, 'defaults': dict(parser._defaults),
			'sections': {n: dict(s) for n, s in parser._sections.items()}})
	except (configparser.Error, UnicodeDecodeError) as e:
		answers.append({'ok': False, 'error': type(e).__name__, 'message': str(e)})
os.unlink(path); os.rmdir(folder)
print(json.dumps(answers))
`;

/** Runs a Python script with a release's fail2ban package; JSON in, JSON out, one process. */
export function runPython<T>(release: Release, script: string, input: unknown): T {
	const result = spawnSync(join(release.bin, 'fail2ban-python'), ['-W', 'ignore', '-c', script], {
		input: JSON.stringify(input),
		encoding: 'utf8',
		maxBuffer: 1 << 28,
		timeout: 110_000,
	});
	if (result.status !== 0) throw new Error(`Python failed: ${result.stderr}`);
	return JSON.parse(result.stdout);
}

/** Reads each file alone, without its includes, by the parser inside a release's fail2ban. */
export function readByPython(release: Release, files: readonly Uint8Array[]): PythonReading[] {
	return runPython(
		release,
		readFiles,
		files.map((bytes) => Buffer.from(bytes).toString('base64')),
	);
}
