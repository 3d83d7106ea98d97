import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stageIncludes } from '../config/stageIncludes.ts';
import type { FileEdit } from './ConfigChange.ts';

/** An include may have any name and stand in any folder, so all is copied but what no parser would want. */
const maxBytes = 4 * 1024 * 1024;
const maxDepth = 5;

async function namesIn(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}

/**
 * A link to a folder may lead to any amount of files, and a hidden folder hold a repository: neither is written to,
 * so a link in the stage does as well. fail2ban's own folders are copied, since their includes must be rewritten.
 */
async function mayStayLive(source: string): Promise<boolean> {
	const name = path.basename(source);
	if (/^(?:jail|fail2ban|filter|action)\.d$/.test(name)) return false;
	return name.startsWith('.') || (await lstat(source)).isSymbolicLink();
}

async function copyFolder(from: string, to: string, root: string, stage: string, depth = 0): Promise<void> {
	await mkdir(to, { recursive: true, mode: 0o700 });
	for (const name of await namesIn(from)) {
		const source = path.join(from, name);
		const target = path.join(to, name);
		// a dangling link or a FIFO is nothing that fail2ban could read either
		const found = await stat(source).catch(() => null);
		if (found?.isDirectory()) {
			if (await mayStayLive(source)) await symlink(await realpath(source), target);
			else if (depth < maxDepth) await copyFolder(source, target, root, stage, depth + 1);
		}
		if (found?.isFile() && found.size <= maxBytes) await copyFile(source, target, root, stage);
	}
}

async function copyFile(source: string, target: string, root: string, stage: string): Promise<void> {
	const bytes = await readFile(source);
	// latin1 keeps every byte of a file that is no UTF-8
	const text = bytes.includes(root) ? stageIncludes(bytes.toString('latin1'), root, stage) : null;
	await writeFile(target, text === null ? bytes : Buffer.from(text, 'latin1'), { mode: 0o600 });
}

/** A name below the state folder that `removeLeftStages` knows. */
export function newStage(state: string): string {
	return path.join(state, `stage-${randomBytes(6).toString('hex')}`);
}

/**
 * Copies the configuration with a change in it to a private folder below the state folder, so that fail2ban
 * can be asked what it makes of it. Remove it with `removeStage`.
 */
export async function stageChange(root: string, state: string, edits: readonly FileEdit[]): Promise<string> {
	const stage = newStage(state);
	try {
		await copyFolder(root, stage, root, stage);
		for (const { file, text } of edits) {
			const target = path.join(stage, file);
			if (text === null) await rm(target, { force: true });
			else await writeFile(target, stageIncludes(text, root, stage), { mode: 0o600 });
		}
	} catch (error) {
		// half a stage would keep a full disk full
		await removeStage(stage);
		throw error;
	}
	return stage;
}

export async function removeStage(stage: string): Promise<void> {
	await rm(stage, { recursive: true, force: true });
}

/** A crash leaves its stage behind; nobody else uses these. */
export async function removeLeftStages(state: string): Promise<void> {
	for (const name of await namesIn(state)) {
		if (/^stage-[0-9a-f]{12}$/.test(name)) await removeStage(path.join(state, name));
	}
}
