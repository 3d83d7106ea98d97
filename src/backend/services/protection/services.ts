import type { AnswerOf } from '../../../contract/kit/endpoint.ts';
import type { getProtection } from '../../../contract/protection.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import { type Message, msg, sentences, told } from '../../kit/message.ts';
import type { TestLines } from '../../runs/testLines.ts';
import type { Call, Services } from '../kit/call.ts';
import type { Clients, JailPreviews } from '../lockout/JailPreviews.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { BackgroundCache } from './BackgroundCache.ts';
import { type FailureCount, FailureCounts } from './FailureCounts.ts';
import { addressFacts, type FactSources, requestOf } from './facts.ts';
import { fileDiffs } from './fileDiffs.ts';
import type { DetectionDeps } from './logDetection.ts';
import { bansAtOnce, type PlanTrial, type PlanTrialDeps, PlanTrials } from './PlanTrial.ts';
import { type ProtectionPlan, planProtection } from './plan.ts';
import { presetRow, presets } from './presets.ts';
import { type ProtectionParams, type ProtectionRequest, refuseWideRequest } from './request.ts';
import { protectionTask } from './task.ts';

export interface ProtectionDeps extends FactSources {
	server: Fail2banServer;
	files: ConfigFiles;
	changes: ConfigChanges;
	figures: ServerFigures;
	tryChange: PlanTrialDeps['tryChange'];
	previews: JailPreviews;
	testLines: TestLines;
	/** Where others than root@pam may have log files read. */
	logFolders: readonly string[];
	/** Starts fail2ban. */
	startService: (caller: Caller) => Promise<Task>;
}

type Protection = AnswerOf<typeof getProtection>;

/** When the answer no longer waits for what takes long (milliseconds): the counts, and whom the jails would ban. */
const answerWithinMs = 1200;

/** Addresses that are told. */
const maxAddresses = 100;

/** Seconds for reading the logs to foretell whom the jails ban. */
const previewSeconds = 6;

/** How long a preview is given again (milliseconds): one more failure may add a ban. */
const freshMs = 10_000;

/** What takes long, found in the background. */
interface Findings {
	trials: PlanTrials;
	failures: FailureCounts;
	bans: BackgroundCache<string[]>;
}

function detectionDeps({ testLines, logFolders, now }: ProtectionDeps, caller: Caller): DetectionDeps {
	return { testLines, below: caller.root ? null : logFolders, now };
}

/** Addresses that the jails would ban immediately; null: not known yet. */
async function bannedAtOnce(
	previews: JailPreviews,
	bans: BackgroundCache<string[]>,
	seen: PlanTrial,
	{ digest }: ConfigSnapshot,
	clients: Clients,
	answerWithinMs: number,
): Promise<string[] | null> {
	const key = JSON.stringify([digest, seen.tightened, clients], (_name, value) =>
		value instanceof Map ? [...value] : value,
	);
	const find = () => bansAtOnce(previews, seen, clients, previewSeconds);
	return (await bans.get(new Map([[key, find]]), answerWithinMs)).get(key) ?? null;
}

const noJail = msg('No jail can be enabled on this node.');

/** The plan, or why there is none. */
function planOf(
	snapshot: ConfigSnapshot,
	request: ProtectionRequest,
	caller: Caller,
): ProtectionPlan | { problem: Message } {
	try {
		if (request.chosen.length === 0) return { problem: noJail };
		refuseWideRequest(request, caller.root, true);
		return planProtection(snapshot, request.input);
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return { problem: error.text };
	}
}

function jailRows(
	{ choices, chosen }: ProtectionRequest,
	running: ReadonlySet<string>,
	found: ReadonlyMap<string, FailureCount | null> | null,
): Protection['jails'] {
	return choices.map(({ jail, protects, ports, reason }) =>
		told({
			jail,
			protects,
			ports,
			available: reason === null,
			reason,
			chosen: chosen.includes(jail),
			running: running.has(jail),
			failures: found?.get(jail)?.failures ?? null,
			'at-least': found?.get(jail)?.atLeast ?? false,
		}),
	);
}

async function answer(
	deps: ProtectionDeps,
	{ trials, failures, bans }: Findings,
	{ params, caller }: Call<ProtectionParams>,
): Promise<Protection> {
	const start = performance.now();
	const left = () => answerWithinMs - (performance.now() - start);
	const snapshot = deps.files.snapshot();
	const clients = [params.client, caller.clientIp];
	const addresses = await addressFacts(deps, clients, caller.user);
	const request = requestOf(deps, snapshot, params, addresses);
	const { figures: current } = await deps.figures.read();
	const running = new Set(current.jails.map(({ jail }) => jail));
	const planned = planOf(snapshot, request, caller);
	const seen: PlanTrial =
		'problem' in planned
			? { starts: [], restarts: [], tightened: [], problem: planned.problem }
			: await trials.of(snapshot, planned.planned, running);
	const detection = detectionDeps(deps, caller);
	const [found, banned] = await Promise.all([
		'problem' in planned ? null : failures.of(request, snapshot, detection, left()),
		seen.problem === null ? bannedAtOnce(deps.previews, bans, seen, snapshot, clients, left()) : null,
	]);
	const { starts, restarts, problem } = seen;
	const about = ['jail.local', ...request.chosen.map((jail) => `jail.d/${jail}.local`)];
	return told({
		applied: request.present !== null,
		preset: request.present?.id ?? null,
		asked: request.input.preset.id,
		presets: presets.map(presetRow),
		jails: jailRows(request, running, found),
		ignore: request.ignore.map(told),
		client: addresses.client,
		'client-known': addresses.client !== null,
		files: 'problem' in planned ? [] : fileDiffs(snapshot, planned.planned, about, caller.root),
		starts,
		restarts,
		problem,
		// addresses of a log are for those who may read it
		banned: caller.syslog ? (banned?.slice(0, maxAddresses) ?? []) : [],
		'banned-total': banned?.length ?? null,
		'server-running': current.running,
		digest: snapshot.digest,
	});
}

export function protectionServices(
	deps: ProtectionDeps,
): Pick<Services, 'getProtection' | 'applyProtection'> {
	const { files, changes, figures, now } = deps;
	const findings = {
		trials: new PlanTrials({ tryChange: deps.tryChange, now }),
		failures: new FailureCounts(now),
		bans: new BackgroundCache<string[]>(now, freshMs),
	};
	return {
		getProtection: async (call) => ({ data: await answer(deps, findings, call) }),

		async applyProtection({ params: { digest, force = false, ...params }, caller }) {
			const addresses = await addressFacts(deps, [params.client, caller.clientIp], caller.user);
			const first = requestOf(deps, files.snapshot(), params, addresses);
			if (first.chosen.length === 0)
				throw new ApiError(409, 'no-jail', noJail, {
					jails: sentences(
						first.choices.flatMap(({ jail, reason }) =>
							reason === null ? [] : [msg('{0}: {1}', jail, reason)],
						),
					),
				});
			const task = protectionTask(deps, detectionDeps(deps, caller), first, caller, force);
			const { preset } = first.input;
			const result = await makeChange(changes, figures, {
				caller,
				what: msg('protect log-ins: {0}, jails {1}', preset.title, first.chosen.join(', ')),
				digest,
				forced: force,
				client: params.client,
				provisional: 'if-not-ignored',
				plan(snapshot) {
					const request = requestOf(deps, snapshot, params, addresses);
					refuseWideRequest(request, caller.root, force);
					return planProtection(snapshot, request.input).planned;
				},
				afterwards: (done, line) => task.afterwards(done, line),
			});
			return { task: 'task' in result ? task.around(result.task) : task.unchanged() };
		},
	};
}
