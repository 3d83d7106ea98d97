import {
	type Answer,
	type Fail2banServer,
	type JailCounters,
	ServerError,
} from '../../fail2ban/Fail2banServer.ts';
import type { ServerProcess } from './serverProcess.ts';

/** What the server said of itself at one moment. */
export interface Figures {
	/** Unix milliseconds. */
	time: number;
	running: boolean;
	process: ServerProcess | null;
	version: string | null;
	loglevel: string | null;
	logtarget: string | null;
	dbfile: string | null;
	/** Of the running jails, sorted by name. */
	jails: readonly JailCounters[];
	/** Goes up with each change that this helper made to the server. */
	epoch: number;
}

export interface FiguresReading {
	figures: Figures;
	/** Unix milliseconds of the figures if the server did not answer in time, else null. */
	stale: number | null;
	/** Why it did not. */
	failure: ServerError | null;
}

/** What changes only by a reload or restart. */
type Settings = Pick<Figures, 'version' | 'loglevel' | 'logtarget' | 'dbfile'>;

const unknown: Settings = { version: null, loglevel: null, logtarget: null, dbfile: null };

/** Others may change them at run time; then they are found this much later (milliseconds). */
const maxSettingsAgeMs = 60_000;

/** How long a caller waits before it gets the last good figures (milliseconds). */
const answerWithinMs = 800;

/** The last good figures of the server, and one question at a time for newer ones. */
export class ServerFigures {
	#last: Figures | null = null;
	#settings: { values: Settings; pid: number | null; epoch: number; time: number } | null = null;
	#flight: Promise<FiguresReading> | null = null;
	#epoch = 0;

	constructor(
		private readonly server: Fail2banServer,
		private readonly findProcess: () => ServerProcess | null,
		private readonly now: () => number,
		/** Called with each version that the server said of itself. */
		private readonly heard: (version: string) => void = () => {},
	) {}

	/** Call after each change made to the server, so that nothing cached from before is taken for new. */
	changed(): void {
		this.#epoch++;
		this.#flight = null;
	}

	/** Answers within 0.8 s whatever the server does. */
	async read(): Promise<FiguresReading> {
		this.#flight ??= this.#ask();
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<FiguresReading>((resolve) => {
			timer = setTimeout(
				() => resolve(this.#stale(new ServerError('timeout', 'no answer in time'))),
				answerWithinMs,
			);
		});
		try {
			return await Promise.race([this.#flight, late]);
		} finally {
			clearTimeout(timer);
		}
	}

	async #ask(): Promise<FiguresReading> {
		const epoch = this.#epoch;
		try {
			const figures = await this.#fetch(epoch);
			if (epoch === this.#epoch) this.#last = figures;
			return { figures, stale: null, failure: null };
		} catch (error) {
			if (!(error instanceof ServerError)) throw error;
			if (error.code !== 'not-running') return this.#stale(error);
			this.#settings = null;
			this.#last = this.#none(false);
			return { figures: this.#last, stale: null, failure: null };
		} finally {
			if (epoch === this.#epoch) this.#flight = null;
		}
	}

	async #fetch(epoch: number): Promise<Figures> {
		const time = this.now();
		const process = this.findProcess();
		const jails = await this.server.allCounters();
		const settings = await this.#serverSettings(process?.pid ?? null, epoch, time);
		return { time, running: true, process, ...settings, jails, epoch };
	}

	async #serverSettings(pid: number | null, epoch: number, time: number): Promise<Settings> {
		const known = this.#settings;
		if (known && known.pid === pid && known.epoch === epoch && time - known.time < maxSettingsAgeMs) {
			return known.values;
		}
		const [version, loglevel, logtarget, dbfile] = await this.server.pipeline([
			['version'],
			['get', 'loglevel'],
			['get', 'logtarget'],
			['get', 'dbfile'],
		]);
		const values = {
			version: word(version),
			loglevel: word(loglevel),
			logtarget: word(logtarget),
			dbfile: word(dbfile),
		};
		if (values.version !== null) this.heard(values.version);
		this.#settings = { values, pid, epoch, time };
		return values;
	}

	#stale(failure: ServerError): FiguresReading {
		const figures = this.#last ?? this.#none(true);
		return { figures, stale: figures.time, failure };
	}

	#none(running: boolean): Figures {
		const process = running ? this.findProcess() : null;
		return { time: this.now(), running, process, ...unknown, jails: [], epoch: this.#epoch };
	}
}

function word(answer: Answer | ServerError | undefined): string | null {
	return typeof answer === 'string' && answer !== '' && answer !== 'None' ? answer : null;
}
