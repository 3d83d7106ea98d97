import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { ApiError } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import type { JournalLog } from '../../logs/JournalLog.ts';
import type { LogSet } from '../../logs/LogSet.ts';
import { type LogTarget, parseLogTarget } from '../../logs/logTarget.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';

export interface LogSourceDeps {
	figures: Pick<ServerFigures, 'read'>;
	files: Pick<ConfigFiles, 'snapshot'>;
	/** Opens a log file with its rotated ones. Throws ApiError 404 `no-log`. */
	openLogSet: (file: string) => Promise<LogSet>;
	/** null: this fail2ban has no unit of its own, so the journal is not its log. */
	journal: JournalLog | null;
}

/** fail2ban's own log, wherever the running server writes it. */
export class LogSource {
	constructor(private readonly deps: LogSourceDeps) {}

	/** As the server says; as configured while it does not run. */
	async target(): Promise<LogTarget> {
		const { figures } = await this.deps.figures.read();
		const running = figures.logtarget;
		const configured = () => this.deps.files.snapshot().jails.serverOption('logtarget')?.value;
		return parseLogTarget(running ?? configured() ?? '/var/log/fail2ban.log');
	}

	/** The journal, for a target that leads there. Throws ApiError 404 `no-log` where it cannot be shown. */
	journalOf(target: Exclude<LogTarget, { kind: 'file' }>): JournalLog {
		const { journal } = this.deps;
		if (target.kind === 'journal' && journal !== null) return journal;
		const text =
			target.name === ''
				? msg('fail2ban has no log target.')
				: msg('fail2ban logs to {0}; see the system log.', target.name);
		throw new ApiError(404, 'no-log', text);
	}

	/** The files of the log; the caller closes them. Throws ApiError 404 `no-log`. */
	open(file: string): Promise<LogSet> {
		return this.deps.openLogSet(file);
	}

	/** Does something with the files of the log, then closes them. */
	async withFiles<T>(file: string, work: (set: LogSet) => Promise<T>): Promise<T> {
		const set = await this.open(file);
		try {
			return await work(set);
		} finally {
			await set.close();
		}
	}
}
