import { jailDefaults } from '../config/fail2banDefaults.ts';
import { parseTime } from '../config/time.ts';
import type { Expanded, RawExpressions } from '../fail2ban/expandExpressions.ts';
import type { DumpCommand } from '../fail2ban/Fail2banCommands.ts';
import { type Answer, type Fail2banServer, ServerError } from '../fail2ban/Fail2banServer.ts';
import { msg } from '../kit/message.ts';
import type { RunningDifference } from './compareRunning.ts';
import { dumpedJails, type JailCommands } from './jailCommands.ts';
import { runningSettings, sameSetting } from './serverSettings.ts';
import { sourceDifferences } from './sourceDifferences.ts';

/** What the server makes of expressions, jail by jail. */
export type Expand = (jails: readonly RawExpressions[]) => Promise<Expanded[][]>;

/** Starts no process for what was asked last. */
export function remembered(expand: Expand): Expand {
	let last: { key: string; answer: Expanded[][] } | undefined;
	return async (jails) => {
		const key = JSON.stringify(jails);
		if (last?.key !== key) last = { key, answer: await expand(jails) };
		return last.answer;
	};
}

/** Options of the server itself that it tells, and that a reload or restart would change. */
const serverOptions = ['loglevel', 'logtarget', 'dbfile', 'dbmaxmatches', 'dbpurgeage'];

const kinds = ['failregex', 'ignoreregex', 'prefregex'] as const;

/** Long lists are cut, since a filter may have a hundred expressions. */
const maxValues = 3;

/** Properties of a jail's actions as `-d` sets them: action name to property to value. */
function actionProperties(dump: readonly DumpCommand[]): Map<string, Map<string, Map<string, string>>> {
	const jails = new Map<string, Map<string, Map<string, string>>>();
	for (const [verb, jail, word, action, values] of dump) {
		if ((verb !== 'set' && verb !== 'multi-set') || word !== 'action' || !Array.isArray(values)) continue;
		const actions = jails.get(String(jail)) ?? new Map<string, Map<string, string>>();
		jails.set(String(jail), actions);
		const properties = actions.get(String(action)) ?? new Map<string, string>();
		actions.set(String(action), properties);
		for (const pair of values) {
			if (Array.isArray(pair) && pair.length === 2) properties.set(String(pair[0]), String(pair[1]));
		}
	}
	return jails;
}

function expressionsOf(commands: JailCommands): string[][] {
	const prefregex = commands.settings.get('prefregex');
	return [commands.failregex, commands.ignoreregex, prefregex === undefined ? [] : [prefregex]];
}

function texts(answer: Answer | ServerError | undefined): string[] {
	if (answer === undefined || answer === null || answer instanceof ServerError || answer === '') return [];
	return Array.isArray(answer) ? answer.map(String) : [String(answer)];
}

function short(values: readonly string[]): string | null {
	if (values.length === 0) return null;
	return [...values.slice(0, maxValues), ...(values.length > maxValues ? ['…'] : [])].join('\n');
}

/** In place of the values of a part of an action, which may be the key of a mail or web service. */
export const actionWords = { running: msg('as loaded'), configured: msg('changed on disk') };

/** Expressions of one kind: those that only run, and those that only the files have. */
function compareExpressions(
	raw: readonly string[],
	expanded: readonly Expanded[],
	running: readonly string[],
): { running: string | null; configured: string | null } | null {
	const known = new Set(running);
	const wanted = new Set(expanded);
	const added = raw.filter((_text, nth) => !known.has(expanded[nth] ?? ''));
	const gone = running.filter((text) => !wanted.has(text));
	return added.length + gone.length === 0 ? null : { running: short(gone), configured: short(added) };
}

function sameProperty(name: string, configured: string, running: Answer): boolean {
	const text = String(running);
	if (name === 'timeout') return String(parseTime(configured) ?? configured) === text;
	return configured === text;
}

/**
 * What runs otherwise than the files say and `runningDifferences` does not look at: expressions, how lines are read, the
 * definitions of actions, options of the server itself (jail '').
 * @param jails the jails that run
 * @throws ServerError, and Error if fail2ban's own modules cannot be asked
 */
export async function deepDifferences(
	server: Fail2banServer,
	dump: readonly DumpCommand[],
	jails: ReadonlySet<string>,
	expand: Expand,
	timeout = 5000,
): Promise<RunningDifference[]> {
	const dumped = dumpedJails(dump);
	const compared = [...dumped.jails.values()].filter(({ jail }) => jails.has(jail));
	const found = await serverDifferences(server, dumped.server, timeout);
	found.push(...(await expressionDifferences(server, compared, expand, timeout)));
	found.push(...(await sourceDifferences(server, compared, timeout)));
	found.push(...(await actionDifferences(server, compared, actionProperties(dump), timeout)));
	return found;
}

async function serverDifferences(
	server: Fail2banServer,
	configured: ReadonlyMap<string, string>,
	timeout: number,
): Promise<RunningDifference[]> {
	const options = serverOptions.filter(
		(option) => configured.has(option) && configured.get(option) !== 'null',
	);
	const running = await runningSettings(server, options, timeout);
	return options.flatMap((option) => {
		const [wanted, now] = [configured.get(option) ?? '', running.get(option) ?? null];
		return sameSetting(option, wanted, now) ? [] : [{ jail: '', option, running: now, configured: wanted }];
	});
}

async function expressionDifferences(
	server: Fail2banServer,
	jails: readonly JailCommands[],
	expand: Expand,
	timeout: number,
): Promise<RunningDifference[]> {
	const raw = jails.map(expressionsOf);
	const requests = jails.map(({ settings }, nth) => ({
		usedns: settings.get('usedns') ?? jailDefaults.usedns,
		expressions: raw[nth]?.flat() ?? [],
	}));
	const [answers, expanded] = await Promise.all([
		server.pipeline(
			jails.flatMap(({ jail }) => kinds.map((kind) => ['get', jail, kind])),
			{ timeout },
		),
		expand(requests),
	]);
	return jails.flatMap(({ jail }, nth) => {
		const mine = [...(expanded[nth] ?? [])];
		return kinds.flatMap((option, at) => {
			const written = raw[nth]?.[at] ?? [];
			const running = texts(answers[nth * kinds.length + at]);
			const difference = compareExpressions(written, mine.splice(0, written.length), running);
			return difference === null ? [] : [{ jail, option, ...difference }];
		});
	});
}

async function actionDifferences(
	server: Fail2banServer,
	jails: readonly JailCommands[],
	configured: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, string>>>,
	timeout: number,
): Promise<RunningDifference[]> {
	const asked = jails.flatMap(({ jail }) =>
		[...(configured.get(jail) ?? [])].flatMap(([action, properties]) =>
			[...properties].map(([name, value]) => ({ jail, action, name, value })),
		),
	);
	const answers = await server.pipeline(
		asked.map(({ jail, action, name }) => ['get', jail, 'action', action, name]),
		{ timeout },
	);
	return asked.flatMap(({ jail, action, name, value }, nth) => {
		const running = answers[nth];
		// an action that does not run is told as such, and a parameter that it does not keep is no difference
		if (running === undefined || running instanceof ServerError || sameProperty(name, value, running))
			return [];
		const { running: loaded, configured: changed } = actionWords;
		const option = `action ${action}: ${name}`;
		return [{ jail, option, running: String(loaded), configured: String(changed) }];
	});
}
