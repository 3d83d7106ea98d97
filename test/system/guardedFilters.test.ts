import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../build/setup/paths.ts';
import { pamGuard, sshdGuard } from '../../src/backend/config/shippedFilterGuards.ts';
import { type Release, releases } from '../support/fail2ban.ts';
import { type TriedFilter, tryFilters } from '../support/filterEngine.ts';
import {
	client,
	filled,
	fixedSentences,
	honestNames,
	hostileNames,
	hostilePamNames,
	pamSentences,
	sshdSentences,
} from '../support/hostileSshLines.ts';
import { type JournalEntry, writeJournal } from '../support/journalFile.ts';

const modes = ['normal', 'ddos', 'extra', 'aggressive'];
const { ignoreregex } = sshdGuard;

/** The program of the Debian that has this fail2ban. */
const programOf = ({ version }: Release) => (version === '1.0.2' ? 'sshd' : 'sshd-session');

/** Each line as a connection of its own. */
const singly = (release: Release, names: readonly string[], sentences: readonly string[]) =>
	names
		.flatMap((name) => sentences.map((sentence) => ({ name, sentence })))
		.map(({ name, sentence }, n) => filled(sentence, name, n + 1, programOf(release)));

/**
 * All lines of a name as one connection, since the filter remembers what it saw of one: the first has no address, and
 * waits for a line that has.
 */
const together = (release: Release, names: readonly string[]) => {
	const sentences = ['User root not allowed because account is locked', ...sshdSentences];
	return names.flatMap((name, n) =>
		sentences.map((sentence) => filled(sentence, name, n + 1, programOf(release))),
	);
};

const foreign = (found: Map<number, string[]>) =>
	[...found.values()].filter((ids) => ids.some((id) => id !== client)).length;
const rightful = (found: Map<number, string[]>) =>
	[...found.values()].filter((ids) => ids.includes(client)).length;

describe.each(releases().map((release) => [release.version, release] as const))(
	'filters of fail2ban %s',
	(_version, release) => {
		const config = release.stock;
		const rows: string[] = [];
		const row = (
			filter: string,
			lines: number,
			shipped: Map<number, string[]>,
			guarded: Map<number, string[]>,
		) => {
			const cells = [
				release.version,
				filter,
				lines,
				foreign(shipped),
				rightful(shipped),
				foreign(guarded),
				rightful(guarded),
			];
			rows.push(`| ${cells.join(' | ')} |`);
		};

		it('sshd takes nobody else for the attacker once it is guarded, in any mode', () => {
			const lines = singly(release, hostileNames, sshdSentences);
			const filters = modes.flatMap((mode): TriedFilter[] => [
				{ filter: 'sshd', parameters: { mode } },
				{ filter: 'sshd', parameters: { mode }, ignoreregex },
			]);
			const found = tryFilters(release, config, [[{ lines }, filters]]);
			modes.forEach((mode, n) => {
				const [shipped, guarded] = found.slice(2 * n) as [Map<number, string[]>, Map<number, string[]>];
				expect(foreign(shipped)).toBeGreaterThan(0);
				expect(
					[...guarded].filter(([, ids]) => ids.some((id) => id !== client)).map(([key]) => lines[key]),
				).toEqual([]);
				row(`sshd, mode ${mode}`, lines.length, shipped, guarded);
			});
		});

		it('counts an attempt with such a name for who made it', () => {
			const lines = singly(release, hostileNames, sshdSentences.slice(0, 1));
			const [found] = tryFilters(release, config, [[{ lines }, [{ filter: 'sshd', ignoreregex }]]]);
			expect([...(found as Map<number, string[]>).values()].filter((ids) => ids.join() !== client)).toEqual(
				[],
			);
			expect(found?.size).toBe(lines.length);
		});

		it('the lines of one connection never lend another its address', () => {
			const lines = together(release, hostileNames);
			const of = (mode: string): TriedFilter => ({ filter: 'sshd', parameters: { mode } });
			const [shipped, ...guarded] = tryFilters(release, config, [
				[{ lines }, [of('normal'), ...modes.map((mode) => ({ ...of(mode), ignoreregex }))]],
			]);
			expect(foreign(shipped as Map<number, string[]>)).toBeGreaterThan(0);
			for (const found of guarded) expect(foreign(found)).toBe(0);
		});

		it('sshd counts of people and guessing programs what it counted before', () => {
			const lines = [
				...singly(release, honestNames, sshdSentences),
				...singly(release, ['root'], fixedSentences),
				...together(release, honestNames),
			];
			const filters = modes.flatMap((mode): TriedFilter[] => [
				{ filter: 'sshd', parameters: { mode } },
				{ filter: 'sshd', parameters: { mode }, ignoreregex },
			]);
			const found = tryFilters(release, config, [[{ lines }, filters]]);
			modes.forEach((mode, n) => {
				expect(found[2 * n + 1], mode).toEqual(found[2 * n]);
				expect(foreign(found[2 * n] as Map<number, string[]>)).toBe(0);
				expect(found[2 * n]?.size).toBeGreaterThan(40);
			});
		});

		it('pam-generic takes nobody else for the attacker once it is guarded, and loses no honest line', () => {
			const of = (names: readonly string[]) =>
				names.flatMap((name) => pamSentences.map((sentence, n) => filled(sentence, name, n + 1)));
			const [lines, honest] = [of(hostilePamNames), of(honestNames)];
			const filters: TriedFilter[] = [
				{ filter: 'pam-generic' },
				{ filter: 'pam-generic', ignoreregex: pamGuard.ignoreregex },
			];
			const found = tryFilters(release, config, [
				[{ lines }, filters],
				[{ lines: honest }, filters],
			]);
			const [shipped, guarded, before, after] = found as [
				(typeof found)[0],
				(typeof found)[0],
				(typeof found)[0],
				(typeof found)[0],
			];
			expect(foreign(shipped)).toBeGreaterThan(0);
			expect(foreign(guarded)).toBe(0);
			expect(after).toEqual(before);
			expect(rightful(before)).toBe(4 * honestNames.length);
			row('pam-generic', lines.length, shipped, guarded);
		});

		it('measures what the documentation says', async () => {
			const text = await readFile(join(root, 'docs/own-filters.md'), 'utf8');
			const measured = text.split('\n').filter((line) => line.startsWith(`| ${release.version} |`));
			expect(measured).toEqual(rows);
		});
	},
);

describe('the journal', () => {
	let folder: string;
	const entry = (more: Partial<JournalEntry>): JournalEntry => ({
		...{ time: 1_795_428_000, identifier: 'sshd', pid: 1, unit: 'ssh.service' },
		...{ message: `Failed password for root from ${client} port 40022 ssh2` },
		...more,
	});
	const pamLine = `pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser= rhost=${client}`;
	const entries = [
		entry({ pid: 1 }),
		entry({ pid: 2, unit: 'ssh@3-192.0.2.1:22-192.0.2.77:40022.service' }),
		entry({ pid: 3, unit: 'session-7.scope' }),
		entry({ pid: 4, identifier: 'sshd-session', comm: 'sshd-session' }),
		// anybody's process can take both names
		entry({ pid: 11, unit: 'session-9.scope', uid: 1000 }),
		entry({ pid: 12, unit: 'session-9.scope', uid: 1000, identifier: 'sshd', comm: 'sshd-session' }),
		entry({ pid: 13, unit: 'user@1000.service', uid: 1000, comm: 'logger' }),
		entry({ pid: 21, identifier: 'vsftpd', unit: 'vsftpd.service', message: pamLine }),
		entry({
			pid: 22,
			identifier: 'IPCC.xs',
			comm: 'pvedaemon worke',
			unit: 'pvedaemon.service',
			message: pamLine,
		}),
		entry({ pid: 31, identifier: 'vsftpd', unit: 'session-9.scope', uid: 1000, message: pamLine }),
		entry({ pid: 32, identifier: 'vsftpd', unit: 'x.service', transport: 'stdout', message: pamLine }),
	];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pve-fail2ban-journal-'));
		await writeJournal(folder, entries);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it.each(releases().map((release) => [release.version, release] as const))(
		'proves to the guarded filters of %s who wrote an entry',
		(_version, release) => {
			const debian = '_SYSTEMD_UNIT=ssh.service + _COMM=sshd + _COMM=sshd-session';
			const [sshd, before, pam] = tryFilters(release, release.stock, [
				[
					{ journal: folder },
					[
						{ filter: 'sshd', journalmatch: sshdGuard.journalmatch },
						{ filter: 'sshd', journalmatch: debian },
						{ filter: 'pam-generic', journalmatch: pamGuard.journalmatch },
					],
				],
			]);
			const session = release.version === '1.0.2' ? [] : [4];
			expect([...(sshd?.keys() ?? [])]).toEqual([1, 2, 3, ...session]);
			expect([...(before?.keys() ?? [])]).toEqual([1, 2, 3, ...session, 11, 12]);
			expect([...(pam?.keys() ?? [])]).toEqual([21, 22]);
		},
	);
});
