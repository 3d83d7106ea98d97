import { splitList } from './addresses/addresses.ts';
import type { Connected } from './connectFail2ban.ts';
import type { RunCommand } from './fail2ban/Fail2banCommands.ts';
import { ServerError } from './fail2ban/Fail2banServer.ts';
import type { ConfigSnapshot } from './files/ConfigFiles.ts';
import { dumpedJails } from './files/jailCommands.ts';
import type { Task } from './kit/caller.ts';
import { msg } from './kit/message.ts';
import { createTestLines } from './runs/testLines.ts';
import { addressFacts, type FactSources, requestOf } from './services/protection/facts.ts';
import { fileDiffs } from './services/protection/fileDiffs.ts';
import type { AddressFacts, IgnoreProposal } from './services/protection/ignoreProposals.ts';
import type { JailChoice } from './services/protection/jailChoices.ts';
import { bansAtOnce, type PlanTrial, PlanTrials } from './services/protection/PlanTrial.ts';
import { planProtection } from './services/protection/plan.ts';
import type { Preset, PresetId } from './services/protection/presets.ts';
import { type ProtectionRequest, refuseWideRequest } from './services/protection/request.ts';
import { protectionTask } from './services/protection/task.ts';
import { settleJails } from './services/server/settleJails.ts';
import { machineFiles } from './system/machineFiles.ts';

export type { PresetId } from './services/protection/presets.ts';

/** What is asked for at the console. */
export interface ProtectionAsk {
	/** null: the one that holds, else Standard. */
	preset: PresetId | null;
	/** A list; null: those that are usual. */
	jails: string | null;
	/** Lists of addresses besides those that are proposed. */
	ignore: readonly string[];
	/** Propose the address of the admin, too. */
	ownAddress: boolean;
	/** Also if it bans the admin, a node of the cluster or the gateway. */
	force: boolean;
}

/** What it would come to; nothing is changed yet. */
export interface ProtectionLook {
	preset: Preset;
	choices: readonly JailChoice[];
	/** Who is never banned then. */
	ignored: readonly IgnoreProposal[];
	/** Unified diffs, one for each file that changes. */
	diffs: readonly string[];
	trial: PlanTrial;
	/** Whom the jails would ban at once. */
	banned: readonly string[];
	/** One change, with a test of each jail after it. Throws ApiError. */
	apply(): Promise<Task>;
}

export interface ProtectionSeams {
	run: RunCommand;
	/** Where the admin sits, if by SSH. */
	clientIp: string | null;
	/** Stands for `/` where the node's own files are looked at; null: the machine itself. */
	node: string | null;
}

/** How long the start of fail2ban may take, and then its jails until they run (milliseconds). */
const limitsMs = { start: 120_000, settled: 30_000 };

/** Seconds for reading the logs to foretell whom the jails ban. */
const previewSeconds = 8;

const user = 'root@pam';

/** Plans the protection of log-ins without the helper, by the same parts. Throws ApiError or ServerError. */
export async function connectProtection(
	fail2ban: Connected,
	ask: ProtectionAsk,
	seams: ProtectionSeams,
): Promise<ProtectionLook> {
	const { files, server, trial: staged } = fail2ban;
	const { previews, systemAddresses, ownAddresses } = fail2ban.lockout;
	await fail2ban.version.learn();
	const facts = { systemAddresses, ownAddresses, system: machineFiles(seams.node), now: Date.now };
	const addresses = await addressFacts(facts, ask.ownAddress ? [seams.clientIp] : [], user);
	const snapshot = files.snapshot();
	const read = requestReader(ask, facts, addresses);
	const request = read(snapshot);
	refuseWideRequest(request, true, ask.force);
	const { planned } = planProtection(snapshot, request.input);
	const trials = new PlanTrials({ tryChange: (now, plan) => staged.check(now, plan), now: Date.now });
	const trial = await trials.of(snapshot, planned, new Set(await runningJails(server)));
	return {
		preset: request.input.preset,
		choices: request.choices,
		ignored: request.ignore.filter(({ chosen }) => chosen),
		diffs: fileDiffs(snapshot, planned, [], true).map(({ diff }) => diff),
		trial,
		banned: await bansAtOnce(previews, trial, [seams.clientIp], previewSeconds),
		apply: () => change({ fail2ban, ask, seams, request, read, digest: snapshot.digest }),
	};
}

async function runningJails(server: Connected['server']): Promise<string[]> {
	try {
		return await server.jails();
	} catch (error) {
		if (error instanceof ServerError && error.code === 'not-running') return [];
		throw error;
	}
}

type ReadRequest = (snapshot: ConfigSnapshot) => ProtectionRequest;

function requestReader(ask: ProtectionAsk, facts: FactSources, addresses: AddressFacts): ReadRequest {
	const params = {
		...(ask.preset === null ? {} : { preset: ask.preset }),
		...(ask.jails === null ? {} : { jails: ask.jails }),
	};
	return (snapshot) => {
		const proposed = requestOf(facts, snapshot, params, addresses);
		if (ask.ignore.length === 0) return proposed;
		const usual = proposed.ignore.filter(({ chosen }) => chosen).map(({ address }) => address);
		const ignore = [...usual, ...ask.ignore.flatMap(splitList)].join(',');
		return requestOf(facts, snapshot, { ...params, ignore }, addresses);
	};
}

interface Change {
	fail2ban: Connected;
	ask: ProtectionAsk;
	seams: ProtectionSeams;
	request: ProtectionRequest;
	read: ReadRequest;
	digest: string;
}

async function change({ fail2ban, ask, seams, request, read, digest }: Change): Promise<Task> {
	const { files, server, transaction } = fail2ban;
	const caller = { user, root: true, syslog: true, clientIp: seams.clientIp };
	const log = protectionTask(
		{
			server,
			files,
			figures: { changed() {} },
			startService: async () => ({ run: (line) => startServer(fail2ban, line) }),
		},
		{ testLines: createTestLines(seams.run, fail2ban.python), below: null, now: Date.now },
		request,
		caller,
		// the console is reached whoever is banned
		false,
	);
	const result = await transaction.change({
		caller,
		what: msg('protect log-ins: {0}, jails {1}', request.input.preset.title, request.chosen.join(', ')),
		digest,
		forced: ask.force,
		plan: (snapshot) => planProtection(snapshot, read(snapshot).input).planned,
		afterwards: (done, line) => log.afterwards(done, line),
	});
	return 'task' in result ? log.around(result.task) : log.unchanged();
}

async function startServer(
	{ commands, server, files }: Connected,
	line: (text: string) => void,
): Promise<void> {
	line('start fail2ban');
	const { exit, stdout, stderr } = await commands.start({ onLine: line, timeout: limitsMs.start });
	if (exit !== 0) throw new Error(`fail2ban does not start: ${(stderr || stdout).trim().split('\n').at(-1)}`);
	const { jails } = dumpedJails(await commands.dump(files.snapshot().root));
	await settleJails(server, jails, limitsMs.settled);
}
