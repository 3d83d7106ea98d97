import type { MessageData } from '../../contract/kit/message.ts';
import program from '../../python/preview_jail.py';
import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';
import { type Message, messageOf, msg, TextError } from '../kit/message.ts';
import type { LineSource, TestedExpressions } from './LineSource.ts';
import { underSetpriv } from './underSetpriv.ts';

/** Addresses in a report at most, besides those that are watched. */
const maxAddresses = 20_000;

export interface PreviewTask {
	jail: string;
	/** Where the lines come from; its `since` is not used, `findtime` says how far back. */
	source: Exclude<LineSource, { kind: 'text' }>;
	filter: TestedExpressions;
	/** Seconds. */
	findtime: number;
	maxretry: number;
	/** Seconds of a ban; -1 is permanent. */
	bantime: number;
	/** Bans grow, and an address with earlier bans gets fewer failures. */
	increment: boolean;
	/** Literal addresses and networks that are ignored. */
	ignore: string[];
	/** fail2ban's database; null: it has none. */
	database: string | null;
	/** The jail goes on and remembers its failures; otherwise it starts, and reads where it stopped. */
	memory: boolean;
	/** The jail does not run yet, so that its start sets the bans again that have not run out. */
	restores: boolean;
	/** Addresses to report in any case. */
	watch: string[];
}

export interface PreviewReport {
	/** Address or failure-ID, and its failures; 0: an earlier ban is set again. */
	hits: [ip: string, failures: number][];
	total: number;
	/** Unix seconds; lines from then on count. */
	since: number;
	lines: number;
	/** Some host names of the lines, none looked up. */
	names: string[];
	/** What ended the reading early; the oldest lines are missing then. */
	stopped: 'cpu' | 'memory' | 'time' | null;
}

/** Asks what a jail would ban. The seam that unit tests replace. Throws PreviewError. */
export type PreviewBans = (task: PreviewTask, seconds: number) => Promise<PreviewReport>;

/** Nothing can be predicted; the text says why in one sentence. */
export class PreviewError extends TextError {
	constructor(message: string | Message) {
		super(message);
		this.name = 'PreviewError';
	}
}

/**
 * Each preview is a process of its own: root opens the log, `nobody` reads and matches it within bounded time.
 * @param python fail2ban-python, which finds fail2ban's modules
 */
export function createPreviewBans(run: RunCommand, python: string): PreviewBans {
	return async (task, seconds) => {
		const wall = Math.max(0.2, seconds);
		// the kernel's limit on processor time is a whole number of seconds
		const input = JSON.stringify({ ...task, most: maxAddresses, cpu: Math.ceil(wall), wall });
		// counting what was read takes its time, too
		const result = await run('setpriv', underSetpriv(python, program), {
			input,
			timeout: wall * 1000 + 2000,
		});
		const last = result.stderr.trim().split('\n').at(-1);
		if (result.timedOut) throw new PreviewError(msg('The log could not be read in time.'));
		if (result.stdout === '')
			throw new PreviewError(
				msg('The log could not be read: {0}.', last || `exit ${result.exit ?? result.signal}`),
			);
		const report = JSON.parse(result.stdout) as PreviewReport | { fault: MessageData };
		if ('fault' in report) throw new PreviewError(messageOf(report.fault));
		return report;
	};
}
