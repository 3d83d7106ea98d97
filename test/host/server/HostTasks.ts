import type { TaskLine } from '../../../src/contract/index.ts';
import { HostError } from './HostError.ts';

interface HostTask {
	upid: string;
	node: string;
	pid: number;
	pstart: number;
	starttime: number;
	type: string;
	id: string;
	user: string;
	lines: string[];
	/** `OK` or the error; undefined while it runs. */
	exitstatus?: string;
	endtime?: number;
	stop(): void;
}

const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');

/** What PVE's workers are to it: a line-by-line log and an exit status for each UPID. */
export class HostTasks {
	readonly #tasks = new Map<string, HostTask>();
	#nextPid = 1000;

	/**
	 * Follows a helper's NDJSON answer to its end. `stop` closes the connection, which stops a run.
	 * Answers the UPID at once.
	 */
	follow(
		node: string,
		type: string,
		id: string,
		user: string,
		answer: AsyncIterable<Buffer>,
		stop: () => void,
	): string {
		this.#nextPid += 1;
		const pid = this.#nextPid;
		const starttime = Math.floor(Date.now() / 1000);
		const pstart = pid * 10;
		const upid = `UPID:${node}:${hex(pid)}:${hex(pstart)}:${hex(starttime)}:${type}:${id}:${user}:`;
		const task: HostTask = { upid, node, pid, pstart, starttime, type, id, user, lines: [], stop };
		this.#tasks.set(upid, task);
		void this.#read(task, answer);
		return upid;
	}

	async #read(task: HostTask, answer: AsyncIterable<Buffer>): Promise<void> {
		let exit = 'unexpected status';
		try {
			for await (const entry of taskLines(answer)) {
				if ('line' in entry) {
					task.lines.push(entry.line);
				} else {
					exit = 'ok' in entry.exit ? 'OK' : entry.exit.error;
				}
			}
		} catch (error) {
			exit = error instanceof Error ? error.message : String(error);
		}
		task.lines.push(exit === 'OK' ? 'TASK OK' : `TASK ERROR: ${exit}`);
		task.exitstatus = exit;
		task.endtime = Math.floor(Date.now() / 1000);
	}

	#find(upid: string): HostTask {
		const task = this.#tasks.get(upid);
		if (!task) {
			throw new HostError(400, 'Parameter verification failed.', { upid: 'no such task' });
		}
		return task;
	}

	/** Newest first. A task that runs has no endtime. */
	list(): object[] {
		return [...this.#tasks.values()].reverse().map(({ lines: _, stop: __, exitstatus, ...task }) => ({
			...task,
			...(exitstatus !== undefined && { status: exitstatus }),
		}));
	}

	status(upid: string): object {
		const { lines: _, stop: __, endtime: ___, exitstatus, ...task } = this.#find(upid);
		const ended = exitstatus !== undefined;
		return { ...task, status: ended ? 'stopped' : 'running', ...(ended && { exitstatus }) };
	}

	log(upid: string, start: number, limit: number): { data: object[]; total: number } {
		const { lines } = this.#find(upid);
		const data = lines.slice(start, start + limit).map((t, index) => ({ n: start + index + 1, t }));
		return { data, total: lines.length };
	}

	stop(upid: string): void {
		this.#find(upid).stop();
	}

	stopAll(): void {
		for (const task of this.#tasks.values()) {
			task.stop();
		}
	}
}

async function* taskLines(answer: AsyncIterable<Buffer>): AsyncGenerator<TaskLine> {
	let rest = '';
	const decoder = new TextDecoder();
	for await (const chunk of answer) {
		const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
		rest = parts.pop() ?? '';
		for (const part of parts.filter((each) => each !== '')) {
			yield JSON.parse(part) as TaskLine;
		}
	}
}
