import type { AnswerOf } from '../../../contract/kit/endpoint.ts';
import type { getProtection } from '../../../contract/protection.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import type { Caller, Task } from '../../kit/caller.ts';
import { ApiError } from '../../kit/errors.ts';
import type { TestLines } from '../../runs/testLines.ts';
import { callerAddresses } from '../../system/callerAddresses.ts';
import type { SystemFiles } from '../../system/SystemFiles.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';
import type { Result, Services } from '../kit/call.ts';
import type { Clients, JailPreviews } from '../lockout/JailPreviews.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { BackgroundCache } from './BackgroundCache.ts';
import { fileDiffs } from './fileDiffs.ts';
import type { AddressFacts } from './ignoreProposals.ts';
import { countedTime, type DetectionDeps, detect, detectionTask, snapshotOf } from './logDetection.ts';
import { readNodeFacts } from './nodeFacts.ts';
import { bansAtOnce, type PlanTrial, type PlanTrialDeps, PlanTrials } from './PlanTrial.ts';
import { type ProtectionPlan, planProtection } from './plan.ts';
import { presetRow, presets } from './presets.ts';
import { type ProtectionParams, type ProtectionRequest, readRequest, refuseWideRequest } from './request.ts';
import { protectionTask } from './task.ts';

export interface ProtectionDeps {
	server: Fail2banServer;
	files: ConfigFiles;
	changes: ConfigChanges;
	figures: ServerFigures;
	tryChange: PlanTrialDeps['tryChange'];
	previews: JailPreviews;
	testLines: TestLines;
	/** Where others than root@pam may have log files read. */
	logFolders: readonly string[];
	systemAddresses: () => Promise<SystemAddress[]>;
	/** Addresses of this node's interfaces. */
	ownAddresses: () => string[];
	system: SystemFiles;
	/** Starts fail2ban. */
	startService: (caller: Caller) => Promise<Task>;
	/** Unix milliseconds. */
	now: () => number;
}

type Protection = AnswerOf<typeof getProtection>;

/** When the answer no longer waits for what takes long (milliseconds): the counts, and whom the jails would ban. */
const answerWithinMs = 1200;

/** Addresses that are told. */
const maxAddresses = 100;

/** Seconds for reading the logs to foretell whom the jails ban. */
const previewSeconds = 6;

/** How long an answer holds (milliseconds): one more failure may add a ban, and changes little in a week's count. */
const freshMs = { counts: 60_000, bans: 10_000 };

/** What is known of the failures in a log. */
interface FailureCount {
	failures: number;
	/** Not all lines were read. */
	atLeast: boolean;
}

export function protectionServices(
	deps: ProtectionDeps,
): Pick<Services, 'getProtection' | 'applyProtection'> {
	const { files, changes, figures, now } = deps;
	const counts = new BackgroundCache<FailureCount>(now, freshMs.counts);
	const bans = new BackgroundCache<string[]>(now, freshMs.bans);
	const trials = new PlanTrials({ tryChange: deps.tryChange, now });

	async function addressFacts(client: string | undefined, caller: Caller): Promise<AddressFacts> {
		const system = await deps.systemAddresses();
		const own = new Set(deps.ownAddresses());
		return {
			client: callerAddresses([client, caller.clientIp], system)[0] ?? null,
			user: caller.user,
			nodes: system.filter(({ address, what }) => what.startsWith('cluster node') && !own.has(address)),
			networks: deps.system.networks().filter(({ name }) => name.startsWith('vmbr')),
		};
	}

	function requestOf(
		snapshot: ConfigSnapshot,
		params: ProtectionParams,
		addresses: AddressFacts,
	): ProtectionRequest {
		// whole minutes, so that what is shown does not differ with each look
		const stamp = { added: Math.floor(now() / 60_000) * 60, user: addresses.user };
		return readRequest(snapshot, params, { node: readNodeFacts(deps.system), addresses, stamp });
	}

	function detectionDeps(caller: Caller): DetectionDeps {
		return { testLines: deps.testLines, below: caller.root ? null : deps.logFolders, now };
	}

	/** The jails that can be counted; one whose log cannot be told is left out. */
	async function failuresOf(
		{ choices, input }: ProtectionRequest,
		snapshot: ConfigSnapshot,
		caller: Caller,
		left: number,
	): Promise<Map<string, FailureCount | null>> {
		const able = choices.filter(({ reason }) => reason === null);
		const detection = detectionDeps(caller);
		const wanted = new Map<string, () => Promise<FailureCount>>();
		const keys = new Map<string, string>();
		for (const choice of able) {
			const { jail } = choice;
			try {
				const planned = snapshotOf(
					planProtection(snapshot, { ...input, choices: [choice], ignore: [] }).config,
				);
				const { source, filter } = detectionTask(planned, jail, detection);
				const key = JSON.stringify([{ ...source, since: countedTime }, filter]);
				keys.set(jail, key);
				wanted.set(key, async () => {
					const { matched, older } = await detect(planned, jail, detection);
					return { failures: matched, atLeast: older };
				});
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
			}
		}
		const found = await counts.get(wanted, left);
		return new Map([...keys].map(([jail, key]) => [jail, found.get(key) ?? null]));
	}

	/** Whom the jails would ban at once; null: not known yet. */
	async function bannedAtOnce(
		seen: PlanTrial,
		{ digest }: ConfigSnapshot,
		clients: Clients,
		left: number,
	): Promise<string[] | null> {
		const key = JSON.stringify([digest, seen.tightened, clients], (_name, value) =>
			value instanceof Map ? [...value] : value,
		);
		const find = () => bansAtOnce(deps.previews, seen, clients, previewSeconds);
		return (await bans.get(new Map([[key, find]]), left)).get(key) ?? null;
	}

	/** The plan, or why there is none. */
	function plan(
		snapshot: ConfigSnapshot,
		request: ProtectionRequest,
		caller: Caller,
	): ProtectionPlan | { problem: string } {
		try {
			if (request.chosen.length === 0) return { problem: 'No jail can be enabled on this node.' };
			refuseWideRequest(request, caller.root, true);
			return planProtection(snapshot, request.input);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { problem: error.message };
		}
	}

	return {
		async getProtection({ params, caller }): Promise<Result<Protection>> {
			const start = performance.now();
			const snapshot = files.snapshot();
			const addresses = await addressFacts(params.client, caller);
			const request = requestOf(snapshot, params, addresses);
			const { figures: current } = await figures.read();
			const running = new Set(current.jails.map(({ jail }) => jail));
			const planned = plan(snapshot, request, caller);
			const seen: PlanTrial =
				'problem' in planned
					? { starts: [], restarts: [], tightened: [], problem: planned.problem }
					: await trials.of(snapshot, planned.planned, running);
			const left = () => answerWithinMs - (performance.now() - start);
			const clients = [params.client, caller.clientIp];
			const [found, banned] = await Promise.all([
				'problem' in planned ? null : failuresOf(request, snapshot, caller, left()),
				seen.problem === null ? bannedAtOnce(seen, snapshot, clients, left()) : null,
			]);
			const { starts, restarts, problem } = seen;
			const about = ['jail.local', ...request.chosen.map((jail) => `jail.d/${jail}.local`)];
			return {
				data: {
					applied: request.present !== null,
					preset: request.present?.id ?? null,
					asked: request.input.preset.id,
					presets: presets.map(presetRow),
					jails: request.choices.map(({ jail, protects, ports, reason }) => ({
						jail,
						protects,
						ports,
						available: reason === null,
						reason,
						chosen: request.chosen.includes(jail),
						running: running.has(jail),
						failures: found?.get(jail)?.failures ?? null,
						'at-least': found?.get(jail)?.atLeast ?? false,
					})),
					ignore: request.ignore,
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
				},
			};
		},

		async applyProtection({ params: { digest, force = false, ...params }, caller }) {
			const addresses = await addressFacts(params.client, caller);
			const first = requestOf(files.snapshot(), params, addresses);
			if (first.chosen.length === 0)
				throw new ApiError(409, 'no-jail', 'No jail can be enabled on this node.', {
					jails: first.choices.map(({ jail, reason }) => `${jail}: ${reason}`).join(' '),
				});
			const task = protectionTask(deps, detectionDeps(caller), first, caller, force);
			const { preset } = first.input;
			const result = await makeChange(changes, figures, {
				caller,
				what: `protect log-ins: ${preset.title}, jails ${first.chosen.join(', ')}`,
				digest,
				forced: force,
				client: params.client,
				provisional: 'if-not-ignored',
				plan(snapshot) {
					const request = requestOf(snapshot, params, addresses);
					refuseWideRequest(request, caller.root, force);
					return planProtection(snapshot, request.input).planned;
				},
				afterwards: (done, line) => task.afterwards(done, line),
			});
			return { task: 'task' in result ? task.around(result.task) : task.unchanged() };
		},
	};
}
