import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { hostname } from 'node:os';
import type { Connected } from '../../backend/connectFail2ban.ts';
import type { CommandResult, RunCommand } from '../../backend/fail2ban/Fail2banCommands.ts';
import { CommandError } from '../../backend/fail2ban/runCommand.ts';
import { CommandFailure } from '../kit/Console.ts';
import { HelperClient } from '../kit/HelperClient.ts';
import type { FileState, PageState, Probes } from './Probes.ts';

export interface ProbedPlace {
	fail2ban: Connected;
	run: RunCommand;
	helperSocket: string;
	pluginVersion: string;
}

const apiJson = '/usr/share/pve-fail2ban/api.json';
const panelFile = '/usr/share/pve-manager/js/pve-fail2ban.js';

/** Milliseconds. */
const timeoutsMs = { program: 20_000, page: 5000 };

/** The probes of this machine. */
export function localProbes({ fail2ban, run, helperSocket, pluginVersion }: ProbedPlace): Probes {
	const tryRun = async (program: string, args: readonly string[]): Promise<CommandResult | null> => {
		try {
			return await run(program, args, { timeout: timeoutsMs.program });
		} catch (error) {
			// not installed
			if (error instanceof CommandError && error.code === 'not-started') return null;
			throw error;
		}
	};
	return {
		async service() {
			const result = await tryRun('systemctl', ['is-active', 'fail2ban.service']);
			const word = result?.stdout.trim();
			return word === undefined || word === '' ? null : word;
		},
		server: () => fail2ban.sync.state(),
		serverSocket: fail2ban.socket,
		async fail2banVersion() {
			const result = await tryRun(fail2ban.client, ['-V']);
			return result?.exit === 0 ? result.stdout.trim() : null;
		},
		async helper() {
			try {
				const answer = await new HelperClient(helperSocket).call('getStatus', {});
				return 'data' in answer
					? { reached: true, status: answer.data }
					: { reached: false, reason: 'it sent no proper answer' };
			} catch (error) {
				if (error instanceof CommandFailure) return { reached: false, reason: error.message };
				throw error;
			}
		},
		helperSocket,
		apiDefinitions: () => fileState(apiJson, (text) => void JSON.parse(text)),
		panel: () => fileState(panelFile, () => {}),
		async mount() {
			// PVE names a node by the first part of its host name
			const node = hostname().split('.')[0] ?? '';
			const result = await tryRun('pvesh', [
				'get',
				`/nodes/${node}/fail2ban/status`,
				'--output-format',
				'json',
			]);
			if (result === null) return 'no-pvesh';
			if (result.exit === 0) return 'mounted';
			const said = result.timedOut ? 'pvesh does not end' : lastLine(result.stderr);
			// pvesh's own words for a path without a method
			return /handler defined|no such resource/.test(result.stderr) ? { missing: said } : { failed: said };
		},
		page: servedPage,
		async journal() {
			const result = await tryRun('journalctl', ['--quiet', '--lines=1', '--output=cat', '--no-pager']);
			if (result === null) return 'there is no journalctl';
			if (result.exit !== 0) return lastLine(result.stderr);
			return result.stdout === '' ? 'it is empty' : null;
		},
		isInProgress: () => fail2ban.store.isInProgress(),
		nodeVersion: process.versions.node,
		pluginVersion,
	};
}

function lastLine(output: string): string {
	return output.trim().split('\n').at(-1)?.trim() || 'it fails without a word';
}

/** @param parse throws SyntaxError for a text that is damaged */
async function fileState(file: string, parse: (text: string) => void): Promise<FileState> {
	try {
		const text = await readFile(file, 'utf8');
		if (text === '') return 'damaged';
		parse(text);
		return 'readable';
	} catch (error) {
		if (error instanceof SyntaxError) return 'damaged';
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
		throw error;
	}
}

/** The page as a browser without log-in gets it. */
function servedPage(): Promise<PageState> {
	return new Promise((resolve) => {
		const failed = ({ message }: Error) => resolve({ served: false, reason: message });
		// our own machine, often with a certificate of its own making
		const call = get('https://127.0.0.1:8006/', { rejectUnauthorized: false, agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (part: string) => {
				text += part;
			});
			response.on('error', failed);
			response.on('end', () => resolve({ served: true, hasScript: text.includes('pve-fail2ban.js') }));
		});
		call.setTimeout(timeoutsMs.page, () =>
			call.destroy(new Error(`no answer within ${timeoutsMs.page / 1000} s`)),
		);
		call.on('error', failed);
	});
}
