import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import type { Task } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import { msg, msgN, sentences } from '../../kit/message.ts';
import { NoTerminalError, type StartProcess } from '../../runs/RunProcess.ts';
import { type Scans, type ScanTask, scansAtOnce } from '../../runs/Scans.ts';
import type { Services } from '../kit/call.ts';
import { hideValues, secretValues } from '../kit/secrets.ts';
import { testedExpressions } from './testedExpressions.ts';
import { testedFilter } from './testedFilter.ts';
import { testSource } from './testSource.ts';

export interface ScanDeps {
	files: ConfigFiles;
	scans: Scans;
	/** Where others than root@pam may read log files. */
	logFolders: readonly string[];
	/** Unix milliseconds. */
	now: () => number;
}

export function scanLogService({ files, scans, logFolders, now }: ScanDeps): Services['scanLog'] {
	return async ({ params, caller }) => {
		const snapshot = files.snapshot();
		const source = testSource(snapshot, params, { below: caller.root ? null : logFolders, now: now() });
		const filter = testedFilter(snapshot, params, source.journal);
		if (scans.running >= scansAtOnce)
			throw new ApiError(
				409,
				'busy',
				msgN(
					scans.running,
					'{0} scan is running; wait, or stop it.',
					'{0} scans are running; wait, or stop one.',
				),
			);
		const start = await prepare(scans);
		const secrets = caller.root || params.jail === undefined ? [] : secretValues(snapshot, params.jail);
		const task = { source: source.lines, filter: testedExpressions(filter, source) };
		const what = params.filter ?? filter.name ?? 'the expressions';
		const title = `Scanning ${source.words} with ${what}`;
		return { task: scanTask(scans, start, task, title, (text) => hideValues(text, secrets)) };
	};
}

async function prepare(scans: Scans): Promise<StartProcess> {
	try {
		return await scans.prepare();
	} catch (error) {
		if (!(error instanceof NoTerminalError)) throw error;
		throw new ApiError(503, 'no-terminal', sentences([msg('A log cannot be scanned here.'), error.text]));
	}
}

function scanTask(
	scans: Scans,
	start: StartProcess,
	task: ScanTask,
	title: string,
	hide: (text: string) => string,
): Task {
	return {
		async run(line, signal) {
			line(title);
			const run = await scans.start(start, task);
			run.join((text) => line(hide(text)));
			const stop = () => run.stop('stopped');
			signal.addEventListener('abort', stop, { once: true });
			if (signal.aborted) stop();
			const { exit, signal: killed, stopped, last } = await run.ended;
			signal.removeEventListener('abort', stop);
			if (stopped !== null) throw new Error(`The scan was ended: ${stopped}.`);
			if (killed !== null) throw new Error('The scan was ended: it took too much memory or time.');
			if (exit !== 0) throw new Error(hide(last) || `The scan failed: exit ${exit}`);
		},
	};
}
