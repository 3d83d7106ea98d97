import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { replaceOutput } from '../replaceOutput.ts';
import { catalogueScript } from './catalogue.ts';
import { collect } from './collect.ts';
import { checkPo, mergePo, template } from './merge.ts';
import { formatPo, parsePo } from './po.ts';

/** Languages with a catalogue, as Proxmox VE calls them, e.g. `de` and `pt_BR`. */
async function languages(folder: string): Promise<string[]> {
	const names = await readdir(folder);
	return names.flatMap((name) => /^([a-z]{2,3}(?:_[A-Z]{2,3})?)\.po$/.exec(name)?.[1] ?? []).sort();
}

/**
 * Brings po/pve-fail2ban.pot and the catalogues of all languages up to date with the texts of the sources. Answers what
 * is wrong: texts that no catalogue can see, and catalogues that are malformed. With `check` nothing is written, and
 * what is out of date is wrong, too.
 */
export async function updateTexts(root: string, check: boolean): Promise<string[]> {
	const folder = join(root, 'po');
	const { entries, unseen } = await collect(root);
	const problems = unseen.map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
	const changed = async (file: string, text: string) => {
		const old = await readFile(file, 'utf8').catch(() => '');
		if (old === text) return;
		if (check) problems.push(`${relative(root, file)} is out of date: run npm run pot`);
		else await replaceOutput(file, text);
	};
	await changed(join(folder, 'pve-fail2ban.pot'), formatPo(template(entries)));
	for (const language of await languages(folder)) {
		const file = join(folder, `${language}.po`);
		try {
			const merged = mergePo(parsePo(await readFile(file, 'utf8')), entries);
			problems.push(...checkPo(merged, language).map((problem) => `po/${language}.po: ${problem}`));
			await changed(file, formatPo(merged));
		} catch (error) {
			problems.push(`po/${language}.po: ${(error as Error).message}`);
		}
	}
	return problems;
}

/** The scripts that bring each language to the panel, by their name below dist/. */
export async function catalogueScripts(root: string): Promise<Map<string, string>> {
	const scripts = new Map<string, string>();
	for (const language of await languages(join(root, 'po'))) {
		const po = parsePo(await readFile(join(root, 'po', `${language}.po`), 'utf8'));
		scripts.set(`pve-fail2ban-i18n-${language}.js`, catalogueScript(po));
	}
	return scripts;
}
