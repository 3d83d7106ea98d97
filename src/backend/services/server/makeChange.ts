import type { ChangeDone, ChangeRequest, ConfigChanges } from '../../files/ConfigChange.ts';
import type { Task } from '../../kit/caller.ts';
import type { ServerFigures } from './ServerFigures.ts';

/** Makes a change; what is cached of the server from before is forgotten, also when a task ends. */
export async function makeChange(
	changes: ConfigChanges,
	figures: Pick<ServerFigures, 'changed'>,
	request: ChangeRequest,
): Promise<{ data: ChangeDone } | { task: Task }> {
	const result = await changes.change(request).finally(() => figures.changed());
	return 'data' in result ? result : { task: forgetting(figures, result.task) };
}

/** The task, after which what is cached of the server from before is forgotten. */
export function forgetting(figures: Pick<ServerFigures, 'changed'>, task: Task): Task {
	return { run: (line, signal) => task.run(line, signal).finally(() => figures.changed()) };
}
