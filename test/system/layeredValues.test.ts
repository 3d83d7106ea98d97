import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JailConfig } from '../../src/backend/config/layers.ts';
import { releases } from '../support/fail2ban.ts';
import { memorySource } from '../support/memorySource.ts';
import { runPython } from '../support/pythonConfig.ts';

/** Lays out each folder, reads it as fail2ban reads jail.conf, and answers every option of every section. */
const readFolders = `
import sys, json, os, shutil, tempfile, configparser, logging
logging.disable(logging.CRITICAL)
from fail2ban.client.configreader import ConfigReader
answers = []
for files in json.load(sys.stdin):
	base = tempfile.mkdtemp()
	for name, text in files.items():
		path = os.path.join(base, name)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, 'w', encoding='utf-8', newline='') as f: f.write(text.replace('@DIR@', base))
	share = {}
	reader = ConfigReader(share_config=share)
	reader.setBaseDir(base)
	try:
		reader.read('jail')
		values = {}
		for section in reader.sections():
			values[section] = {}
			for option in sorted(reader._cfg.options(section)):
				try: value = reader.get(section, option).replace(base, '@DIR@')
				except configparser.Error: value = None
				values[section][option] = value
		answers.append({'sections': list(reader.sections()), 'values': values})
	except (configparser.Error, RecursionError) as e:
		answers.append({'error': type(e).__name__})
	shutil.rmtree(base)
print(json.dumps(answers))
`;

type Answer =
	| { error: string }
	| { sections: string[]; values: Record<string, Record<string, string | null>> };

const names = [
	'jail.conf',
	'jail.local',
	'jail.d/a.conf',
	'jail.d/a.local',
	'jail.d/sshd.local',
	'jail.d/z.local',
	'base.conf',
	'base.local',
	'jail.d/sub/deep.conf',
];
const includes = [
	'base.conf',
	'../base.conf',
	'sub/deep.conf',
	'jail.d/sub/deep.conf',
	'@DIR@/base.conf',
	'nope.conf',
	'jail.local',
	'',
	'%(here)s',
];
const optionName = fc.constantFrom('bantime', 'findtime', 'port', 'here', 'x?y');
const piece = fc.constantFrom(
	'10m',
	'22',
	'%%',
	'%(port)s',
	'%(Bantime)s',
	'%(known/port)s',
	'%(known/bantime)s',
	'%(KNOWN/port)s',
	'%(sshd/port)s',
	'%(a/findtime)s',
	'%(A/findtime)s',
	'%(default/bantime)s',
	'%(DEFAULT/bantime)s',
	'%(missing/port)s',
	'%(__name__)s',
	'%(here)s',
	'%(x?y)s',
	'base.conf',
	'',
);
const option = fc
	.tuple(optionName, fc.array(piece, { maxLength: 2 }))
	.map(([name, pieces]) => `${name} = ${pieces.join('-')}`);
const section = fc
	.tuple(
		fc.constantFrom('DEFAULT', 'sshd', 'a', 'A', 'sshd?y'),
		fc.uniqueArray(option, { maxLength: 3, selector: (text) => text.split(' ')[0] }),
	)
	.map(([name, options]) => ({ name, text: [`[${name}]`, ...options].join('\n') }));
const include = fc
	.tuple(
		fc.constantFrom('before', 'after'),
		fc.array(fc.constantFrom(...includes), { minLength: 1, maxLength: 2 }),
	)
	.map(([name, paths]) => ({ name: 'INCLUDES', text: `[INCLUDES]\n${name} = ${paths.join('\n  ')}` }));
const file = fc
	.uniqueArray(fc.oneof({ weight: 4, arbitrary: section }, { weight: 1, arbitrary: include }), {
		maxLength: 4,
		selector: (part) => part.name,
	})
	.map((parts) => parts.map(({ text }) => `${text}\n`).join('\n'));
const folder = fc
	.array(fc.tuple(fc.constantFrom(...names), file), { minLength: 1, maxLength: 6 })
	.map((files) => ({ 'jail.conf': '[sshd]\nport = ssh\n', ...Object.fromEntries(files) }));

const root = '/var/folder';

/** Our answer in the form of Python's. */
function reading(files: Record<string, string>): Answer {
	const placed = Object.fromEntries(
		Object.entries(files).map(([name, text]) => [name, text.replaceAll('@DIR@', root)]),
	);
	const config = new JailConfig(memorySource(placed, root), root, '');
	if (config.problems.some((problem) => problem.fatal)) return { error: 'yes' };
	const sections = [...config.merged.sections.keys()].filter((name) => !name.startsWith('KNOWN/'));
	const values: Record<string, Record<string, string | null>> = {};
	for (const name of sections) {
		const options = new Set([
			...(config.merged.sections.get(name)?.keys() ?? []),
			...config.merged.defaults.keys(),
		]);
		options.delete('fail2ban_version');
		options.delete('fail2ban_confpath');
		values[name] = Object.fromEntries(
			[...options].sort().map((option) => {
				const found = config.option(name, option)?.value ?? null;
				return [option, found?.replaceAll(root, '@DIR@') ?? null];
			}),
		);
	}
	return { sections, values };
}

describe.each(releases())('random layers and fail2ban $version', (release) => {
	it('reads every option of every section as fail2ban does', () => {
		const folders = fc.sample(folder, 600);
		const answers = runPython<Answer[]>(release, readFolders, folders);
		let options = 0;
		let unresolved = 0;
		let faulty = 0;
		folders.forEach((files, nth) => {
			const answer = answers[nth];
			const shown = JSON.stringify(files, null, 1);
			if (!answer || 'error' in answer) {
				faulty++;
				expect(reading(files), shown).toHaveProperty('error');
				return;
			}
			expect(reading(files), shown).toEqual(answer);
			for (const value of Object.values(answer.values).flatMap((section) => Object.values(section))) {
				options++;
				if (value === null) unresolved++;
			}
		});
		console.log(
			`fail2ban ${release.version}: ${folders.length} folders (${faulty} refused), ${options} options equal, ` +
				`${unresolved} of them unresolvable`,
		);
		expect(options - unresolved).toBeGreaterThan(1000);
	});
});
