import type { PendingOption, Status } from '../../../contract/types.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { actionWords } from '../../files/deepDifferences.ts';
import type { Provisional } from '../../files/Provisional.ts';
import { type Message, msg, told } from '../../kit/message.ts';
import { sha1 } from '../../kit/sha1.ts';
import type { BanCache } from '../bans/BanCache.ts';
import { configuredJails } from '../edit/configuredJails.ts';
import type { Enforcement } from '../enforcement/Enforcement.ts';
import { ignoreRows } from '../ignore/list.ts';
import { jailRows } from '../jails/rows.ts';
import type { Services } from '../kit/call.ts';
import { maskSecrets } from '../kit/secrets.ts';
import { type Comparison, type ConfigCheck, lostActions } from '../server/ConfigCheck.ts';
import { problemsOf } from '../server/problems.ts';
import type { Figures, FiguresReading, ServerFigures } from '../server/ServerFigures.ts';
import { pendingPlace } from './pendingPlace.ts';

/** What runs with another value than the files say; lost actions are a problem, not a change that waits. */
function pendingOptions(
	{ jails }: ConfigSnapshot,
	check: Comparison | null,
	relative: (file: string) => string,
): PendingOption[] {
	const waiting = (check?.differences ?? []).filter((difference) => !lostActions(difference));
	return waiting.map(({ jail, option, running, configured }) => {
		const found = pendingPlace(jails, jail, option);
		const file = found ? relative(found.file) : null;
		const show = (value: string | null, words: Message) => {
			if (value === null) return null;
			return value === String(words) ? words : maskSecrets(option, value);
		};
		return told({
			jail,
			option,
			running: show(running, actionWords.running),
			configured: show(configured, actionWords.configured),
			file,
			line: found?.line ?? null,
		});
	});
}

/** A word that changes with each ban, unban, reload and restart, and when a check finds something new. */
function statusToken(
	{ process, epoch, jails }: Figures,
	digest: string,
	check: Comparison | null,
	revision: number,
): string {
	const counters = jails.map(({ jail, banned, totalBanned }) => [jail, banned, totalBanned]);
	const parts = [
		process,
		epoch,
		counters,
		digest,
		check?.differences ?? null,
		check?.errors ?? null,
		revision,
	];
	return sha1(JSON.stringify(parts)).slice(0, 16);
}

function sum(figures: Figures, of: 'banned' | 'failed'): number {
	return figures.jails.reduce((total, jail) => total + jail[of], 0);
}

/** Files that fail2ban skips or fails on, with what is wrong; each is named once. */
function unreadableFiles({ problems, jails }: ConfigSnapshot, relative: (file: string) => string): Message[] {
	const found = new Map<string, Message>();
	// some of these name their file and line themselves
	for (const { file, message } of problems) found.set(file, named(relative(file), message));
	for (const { file, line, message } of jails.problems) {
		const place = `${relative(file)}${line === null ? '' : `:${line}`}`;
		if (!found.has(file)) found.set(file, named(place, message));
	}
	return [...found.values()];
}

function named(place: string, message: Message): Message {
	return String(message).startsWith(place) ? message : msg('{0}: {1}', place, message);
}

interface StatusSources {
	snapshot: ConfigSnapshot;
	reading: FiguresReading;
	check: Comparison | null;
	relative: (file: string) => string;
	/** Unix milliseconds. */
	now: number;
	pluginVersion: string;
	clientIp: string | null;
	/** See BanCache. */
	banRevision: number;
	provisional: Status['provisional'];
}

function statusOf({
	snapshot,
	reading,
	check,
	relative,
	now,
	pluginVersion,
	clientIp,
	banRevision,
	provisional,
}: StatusSources): Status {
	const { figures, stale, failure } = reading;
	const { running, process, version, loglevel, logtarget, dbfile } = figures;
	const enabled = configuredJails(snapshot).filter((jail) => jail.enabled);
	return {
		running,
		version,
		uptime: process === null ? null : Math.max(0, Math.floor(now / 1000) - process.startedAt),
		pid: process?.pid ?? null,
		jails: figures.jails.length,
		'enabled-jails': enabled.length,
		banned: sum(figures, 'banned'),
		failed: sum(figures, 'failed'),
		loglevel,
		logtarget,
		dbfile,
		'plugin-version': pluginVersion,
		token: statusToken(figures, snapshot.digest, check, banRevision),
		pending: pendingOptions(snapshot, check, relative),
		provisional,
		problems: problemsOf({
			running,
			silent: failure !== null,
			enabled: enabled.map(({ jail }) => jail),
			jails: figures.jails.map(({ jail }) => jail),
			check,
			files: unreadableFiles(snapshot, relative),
		}),
		...(clientIp === null ? {} : { covers: ignoreRows(snapshot, [clientIp]).some(({ covers }) => covers) }),
		stale: stale === null ? null : Math.floor(stale / 1000),
	};
}

export interface StatusDeps {
	files: ConfigFiles;
	figures: ServerFigures;
	check: ConfigCheck;
	bans: Pick<BanCache, 'revision'>;
	/** What was last seen of the firewall. */
	enforcement?: Pick<Enforcement, 'latest'>;
	now: () => number;
	pluginVersion: string;
	provisional: Pick<Provisional, 'current'>;
}

/** The calls that answer within 1 s whatever fail2ban does. */
export function statusServices({
	files,
	figures,
	check,
	bans,
	enforcement,
	now,
	pluginVersion,
	provisional,
}: StatusDeps): Pick<Services, 'getStatus' | 'listJails'> {
	return {
		async getStatus({ caller }) {
			const reading = await figures.read();
			const waiting = provisional.current();
			const snapshot = files.snapshot();
			// a server that hangs has used up the time already
			const looked = reading.stale === null ? await check.settled(snapshot, reading.figures) : check.latest();
			return {
				data: statusOf({
					snapshot,
					reading,
					check: looked,
					relative: (file) => files.relative(file),
					now: now(),
					pluginVersion,
					clientIp: caller.clientIp,
					banRevision: bans.revision,
					provisional: waiting && { id: waiting.id, user: waiting.user, seconds: waiting.seconds },
				}),
			};
		},

		async listJails({ params: { all = false } }) {
			const reading = await figures.read();
			const snapshot = files.snapshot();
			const looked = check.current(snapshot, reading.figures);
			const up = reading.figures.running && reading.stale === null;
			const lost = (jail: string) => {
				const enforced = enforcement?.latest(jail);
				return enforced?.broken ? enforced.reason : null;
			};
			return { data: jailRows(configuredJails(snapshot), reading.figures.jails, looked, { all, up, lost }) };
		},
	};
}
