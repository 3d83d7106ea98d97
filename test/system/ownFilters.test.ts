import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../build/setup/paths.ts';
import { run } from '../../build/setup/run.ts';
import { packageFiles, releases, startFail2ban } from '../support/fail2ban.ts';
import { type TriedLines, tryFilters } from '../support/filterEngine.ts';
import { startTestHelper } from '../support/helper.ts';
import {
	type Daemon,
	type HostileEntry,
	hostileEntries,
	pbs,
	pmg,
	pve,
	syslogLine,
} from '../support/hostileEntries.ts';
import { writeJournal } from '../support/journalFile.ts';
import { until } from '../support/until.ts';

/** The filter of a much copied guide, which names no journalmatch. */
const guide = String.raw`[Definition]
failregex = pvedaemon\[.*authentication failure; rhost=<HOST> user=.* msg=.*
ignoreregex =
`;
const daemons = [pve, pbs, pmg];
const named = daemons.map((daemon) => [daemon.filter, daemon] as const);
const hostile = new Map(daemons.map((daemon) => [daemon, hostileEntries(daemon)]));
const entriesOf = (daemon: Daemon) => hostile.get(daemon) as HostileEntry[];
const journalOf = (daemon: Daemon) => join(scratch, daemon.identifier);
/** A log file says nothing of who wrote to syslog. */
const unproven = "another process under the daemon's name";

type Found = Map<number, string[]>;

/** Lines that count for somebody else than whose log-in failed, and lines that do not count for that one. */
function outcome(entries: readonly HostileEntry[], found: Found) {
	const foreign = ({ pid, owner }: HostileEntry) => (found.get(pid) ?? []).some((id) => id !== owner);
	const missed = ({ pid, owner }: HostileEntry) => owner !== null && !found.get(pid)?.includes(owner);
	return { foreign: entries.filter(foreign), missed: entries.filter(missed) };
}

/** The lines in the comments of a filter, and the address of each; none where there is no user at the Backup Server. */
async function documented({ filter }: Daemon): Promise<{ line: string; address: string | undefined }[]> {
	const text = await readFile(join(packageFiles, `filter.d/${filter}.conf`), 'utf8');
	return text.split('\n').flatMap((comment) => {
		const line = /^# {3}(\S.*rhost=.*)$/.exec(comment)?.[1];
		if (line === undefined) return [];
		const address = /rhost=\[?(?:::ffff:)?([\da-f:]*:[\da-f:]+|[\d.]+)/.exec(line)?.[1];
		return [{ line, address: filter === pbs.filter && !line.includes(' user=') ? undefined : address }];
	});
}

const inFile = (daemon: Daemon) => entriesOf(daemon).filter(({ kind }) => kind !== unproven);
/** Of the Backup Server's own log file, which holds lines as they are. */
const ownLog = entriesOf(pbs).filter(({ owner, message }) => owner !== null && !/[\r\n]/.test(message));

let scratch: string;
const samples = new Map<Daemon, Awaited<ReturnType<typeof documented>>>();

beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), 'pve-fail2ban-filters-'));
	for (const daemon of daemons) {
		await writeJournal(journalOf(daemon), entriesOf(daemon));
		samples.set(daemon, await documented(daemon));
	}
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.each(releases().map((release) => [release.version, release] as const))(
	'on fail2ban %s',
	(_version, release) => {
		let config: string;
		const found = new Map<string, Found>();
		const of = (what: string) => found.get(what) as Found;

		/** One process for all, as its start takes longer than its work. */
		beforeAll(async () => {
			config = join(scratch, release.version);
			await cp(release.stock, config, { recursive: true });
			await cp(packageFiles, config, { recursive: true });
			await writeFile(join(config, 'filter.d/guide.conf'), guide);
			const tries: [string, TriedLines, string][] = [['guide', { journal: journalOf(pve) }, 'guide']];
			for (const daemon of daemons) {
				const { filter } = daemon;
				const lines = (samples.get(daemon) ?? []).map(({ line }) => line);
				tries.push(
					[`samples of ${filter}`, { lines }, filter],
					[`journal of ${filter}`, { journal: journalOf(daemon) }, filter],
					[`file of ${filter}`, { lines: inFile(daemon).map(syslogLine) }, filter],
				);
			}
			const lines = ownLog.map(({ message }) => `2026-11-23T10:00:00+01:00: ${message}`);
			tries.push(['own log', { lines }, pbs.filter]);
			const answers = tryFilters(
				release,
				config,
				tries.map(([, source, filter]) => [source, [{ filter }]] as const),
			);
			tries.forEach(([what], n) => {
				found.set(what, answers[n] as Found);
			});
		});

		it.each(named)('%s takes the address of its documented lines', (filter, daemon) => {
			const expected = samples.get(daemon) ?? [];
			expect(expected.map((_, n) => of(`samples of ${filter}`).get(n)?.join())).toEqual(
				expected.map(({ address }) => address),
			);
			for (const address of ['192.0.2.10', '2001:db8::10'])
				expect(expected).toContainEqual(expect.objectContaining({ address }));
		});

		it.each(named)(
			'%s counts each hostile line of the journal for who sent it, or for nobody',
			(filter, daemon) => {
				expect(entriesOf(daemon).length).toBeGreaterThan(200);
				const { foreign, missed } = outcome(entriesOf(daemon), of(`journal of ${filter}`));
				expect(foreign.map(({ message }) => message)).toEqual([]);
				expect(missed.map(({ message }) => message)).toEqual([]);
			},
		);

		it.each(named)('%s does so in a log file, if nobody else may write to syslog', (filter, daemon) => {
			const entries = inFile(daemon);
			const byLine = [...of(`file of ${filter}`)].map(
				([n, ids]) => [entries[n]?.pid as number, ids] as const,
			);
			const { foreign, missed } = outcome(entries, new Map(byLine));
			expect(foreign.map(({ message }) => message)).toEqual([]);
			expect(missed.map(({ message }) => message)).toEqual([]);
		});

		it("takes the true address from the Backup Server's own log file", () => {
			expect(ownLog.map((_, n) => of('own log').get(n))).toEqual(ownLog.map(({ owner }) => [owner]));
		});

		it('is never fooled where the filter of a much copied guide is, as the documentation says', async () => {
			const entries = entriesOf(pve);
			const rows = [...new Set(entries.map(({ kind }) => kind))].map((kind) => {
				const some = entries.filter((entry) => entry.kind === kind);
				const [theirs, ours] = [outcome(some, of('guide')), outcome(some, of(`journal of ${pve.filter}`))];
				const counts = [theirs.foreign, theirs.missed, ours.foreign, ours.missed].map(({ length }) => length);
				return `| ${[kind, some.length, ...counts].join(' | ')} |`;
			});
			const text = await readFile(join(root, 'docs/own-filters.md'), 'utf8');
			const table = text.slice(text.indexOf('| What is tried |')).split('\n\n')[0] as string;
			expect(table.trim().split('\n').slice(2)).toEqual(rows);
			expect(outcome(entries, of('guide')).foreign.length).toBeGreaterThan(100);
		});

		it('is what fail2ban-regex finds in the journal, too', async () => {
			const journal = `systemd-journal[journalpath=${journalOf(pve)}]`;
			const { stdout } = await run(join(release.bin, 'fail2ban-regex'), ['-c', config, journal, pve.filter]);
			const owned = entriesOf(pve).filter(({ owner }) => owner !== null).length;
			expect(stdout).toMatch(new RegExp(`^Lines: .* ${owned} matched`, 'm'));
		});

		it('none has a warning', async () => {
			const fail2ban = await startFail2ban(release, { start: false });
			const helper = await startTestHelper(fail2ban);
			try {
				for (const [filter] of named) {
					const warnings = async () => {
						const { status, body } = await helper.call('GET', `/filters/${filter}`);
						expect(status, JSON.stringify(body)).toBe(200);
						return body.data.warnings;
					};
					expect(await until(warnings, `warnings of ${filter}`, (now) => now !== null)).toEqual([]);
				}
			} finally {
				await helper.stop();
				await fail2ban.stop();
			}
		});
	},
);
