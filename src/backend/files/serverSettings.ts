import { parseTime } from '../config/time.ts';
import { type Answer, type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import { ApiError } from '../kit/errors.ts';
import { type Message, msg } from '../kit/message.ts';

/** Options of the server itself that can be told to it while it runs, in fail2ban's own order. */
const liveSettings = ['syslogsocket', 'loglevel', 'logtarget', 'dbmaxmatches', 'dbpurgeage'] as const;

/** fail2ban sends this for an option that no file sets. */
const unset = 'null';

/** What a server that runs `before` must be told to run `after`. */
export function planSettings(
	before: ReadonlyMap<string, string>,
	after: ReadonlyMap<string, string>,
): Map<string, string> {
	const plan = new Map<string, string>();
	for (const option of liveSettings) {
		const value = after.get(option);
		if (value !== undefined && value !== unset && value !== before.get(option)) plan.set(option, value);
	}
	return plan;
}

/** Brings what a file says and what the server answers to one form; `SYSLOG[facility=x]` runs as SYSLOG. */
function comparable(option: string, value: string): string {
	switch (option) {
		case 'loglevel':
			return value.toUpperCase();
		case 'logtarget':
			return value.replace(/\[.*\]$/s, '').trim();
		case 'dbpurgeage':
			return String(parseTime(value) ?? value);
		default:
			return value;
	}
}

/** Whether the server runs with what is configured; what it does not tell is taken for right. */
export function sameSetting(option: string, configured: string, running: string | null): boolean {
	// auto becomes a path
	if (running === null || option === 'syslogsocket') return true;
	return comparable(option, configured) === comparable(option, running);
}

function text(answer: Answer | ServerError | undefined): string | null {
	if (answer === undefined || answer === null || answer instanceof ServerError) return null;
	return typeof answer === 'object' ? JSON.stringify(answer) : String(answer);
}

/** What the server runs with, as it answers: times in seconds. null: it has no such thing, e.g. no database. */
export async function runningSettings(
	server: Fail2banServer,
	options: readonly string[],
	timeout = 3000,
): Promise<Map<string, string | null>> {
	const answers = await server.pipeline(
		options.map((option) => ['get', option]),
		{ timeout },
	);
	return new Map(options.map((option, nth) => [option, text(answers[nth])]));
}

/** Options that a reload of any single jail sends along, too; a jail is lost when the server refuses one. */
const sentByReload = [...liveSettings, 'dbfile'];

/**
 * Brings the server's own options in line before a jail is reloaded: fail2ban sends them all each time, and
 * drops the jail when it fails on one. Throws ApiError 409, with no jail touched, where a reload would fail.
 * @param configured the server's options on disk
 */
export async function settleServerOptions(
	server: Fail2banServer,
	configured: ReadonlyMap<string, string>,
): Promise<void> {
	const options = sentByReload.filter((option) => (configured.get(option) ?? unset) !== unset);
	const running = await runningSettings(server, options);
	for (const option of options) {
		const value = configured.get(option) ?? '';
		if (sameSetting(option, value, running.get(option) ?? null)) continue;
		if (option === 'dbfile')
			throw refused(option, value, msg('fail2ban uses another database only after a restart.'));
		try {
			await server.command(['set', option, value]);
		} catch (error) {
			if (!(error instanceof ServerError) || error.code !== 'refused') throw error;
			throw refused(option, value, error.text);
		}
	}
}

function refused(option: string, value: string, reason: Message): ApiError {
	const help = option === 'dbfile' ? msg('Restart fail2ban first.') : msg('Correct that first.');
	return new ApiError(
		409,
		'server-option',
		msg(
			'Every reload would fail and stop its jail, because the configuration sets {0} = {1}: {2} {3}',
			option,
			value,
			reason,
			help,
		),
	);
}
