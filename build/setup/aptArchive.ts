import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, run } from './run.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

async function configuredMirrors(): Promise<string[]> {
	const format = '$(ORIGIN) $(CODENAME) $(REPO_URI)';
	const { stdout } = await run('apt-get', ['indextargets', '--format', format]);
	const own = stdout
		.split('\n')
		.map((line) => line.split(' '))
		.filter(([origin, codename, uri]) => origin === 'Debian' && uri && !codename?.includes('-'))
		.map(([, , uri]) => String(uri).replace(/\/$/, ''));
	return [...new Set(own)];
}

/** The Debian mirrors that this machine uses. Throws if apt knows none. */
export async function mirrors(): Promise<string[]> {
	const known = await configuredMirrors();
	if (known.length > 0) return known;
	// apt tells a mirror only once it has its lists
	await run('apt-get', ['update']);
	const found = await configuredMirrors();
	if (found.length === 0) throw new Error('apt knows no Debian mirror; run "apt-get update" as root first.');
	return found;
}

/**
 * Downloads one package of a Debian suite, checked by apt against Debian's signatures, and answers the path
 * of the .deb. Works without root and leaves the machine's own apt lists and sources alone.
 * `folder` is a scratch folder that the caller removes.
 */
export async function downloadPackage(name: string, suite: string, folder: string): Promise<string> {
	const failures: string[] = [];
	for (const mirror of await mirrors()) {
		try {
			return await downloadFrom(mirror, name, suite, folder);
		} catch (error) {
			failures.push(`${mirror}: ${error instanceof Error ? error.message : error}`);
		}
	}
	throw new Error(`Cannot download ${name} of Debian ${suite}.\n${failures.join('\n')}`);
}

async function downloadFrom(mirror: string, name: string, suite: string, folder: string): Promise<string> {
	await rm(folder, { recursive: true, force: true });
	for (const each of ['lists/partial', 'cache/archives/partial', 'deb']) {
		await mkdir(join(folder, each), { recursive: true });
	}
	const sources = join(folder, 'sources.list');
	await writeFile(sources, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
	await writeFile(join(folder, 'status'), '');
	const settings = {
		'Dir::Etc::sourcelist': sources,
		'Dir::Etc::sourceparts': '-',
		'Dir::State': folder,
		'Dir::State::lists': join(folder, 'lists'),
		'Dir::State::status': join(folder, 'status'),
		'Dir::Cache': join(folder, 'cache'),
		// apt's own user cannot write below a private folder, and warns about it.
		'APT::Sandbox::User': 'root',
		'APT::Update::Error-Mode': 'any',
		'Acquire::Languages': 'none',
		'Acquire::Retries': '3',
	};
	const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
	await mustRun('apt-get', [...options, 'update']);
	await mustRun('apt-get', [...options, 'download', name], { cwd: join(folder, 'deb') });
	const [deb] = await readdir(join(folder, 'deb'));
	if (deb === undefined) {
		throw new Error(`apt-get download ${name} left no file.`);
	}
	return join(folder, 'deb', deb);
}
