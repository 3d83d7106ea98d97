import { describe, expect, it } from 'vitest';
import { effectiveJail } from '../../../../src/backend/config/effectiveJail.ts';
import { isTrue } from '../../../../src/backend/config/pythonValues.ts';
import type { DumpCommand } from '../../../../src/backend/fail2ban/Fail2banCommands.ts';
import type { FolderFiles } from '../../../../src/backend/files/FolderFiles.ts';
import { msg, verbatim } from '../../../../src/backend/kit/message.ts';
import { type AuditDeps, ConfigAudit } from '../../../../src/backend/services/repair/ConfigAudit.ts';
import type { FilterDetail } from '../../../../src/contract/types.ts';
import { admin, FakeConfig, root, stock } from '../support/FakeConfig.ts';

/** Enough values that a copy of the file is told from an admin's own. */
const many = Array.from({ length: 45 }, (_, nth) => `[jail${nth}]\nport = ${nth + 1}\n`).join('\n');
const jailConf = `${stock['jail.conf']}\nbackend = auto\n\n${many}`.replace(
	'[sshd]\nport = ssh',
	'[sshd]\nport = ssh\nbackend = auto',
);
const handMade = {
	'jail.conf': jailConf,
	'jail.d/sshd.conf': '[sshd]\nenabled = true\nbackend = systemd\nmaxretry = 1\nbantime = 30d\n',
};

interface Node {
	files?: Record<string, string>;
	journalFault?: string;
	/** Log files that are there. */
	logs?: string[];
	running?: boolean;
	unitError?: string;
}

/** What `-d` says of the enabled jails, by our own reading of them. */
function dump(config: FakeConfig, logs: readonly string[]): DumpCommand[] {
	const { jails } = config.snapshot();
	return jails.jails().flatMap((jail): DumpCommand[] => {
		if (!isTrue(jails.option(jail, 'enabled')?.value)) return [];
		const read = effectiveJail(jails, jail);
		if ('error' in read) throw new Error(String(read.error));
		const found = read.logpaths.filter(({ pattern }) => logs.includes(pattern));
		return [...read.commands, ...found.map(({ pattern }) => ['set', jail, 'addlogpath', pattern, 'head'])];
	});
}

function auditOf({ files = {}, journalFault, logs = [], running = false, unitError }: Node) {
	const config = new FakeConfig({ ...handMade, ...files });
	const deps: AuditDeps = {
		files: config,
		folder: { list: () => [], stamp: () => '' } as unknown as FolderFiles,
		packages: () => new Map(),
		commands: {
			test: async () => {
				const blind = dump(config, logs).some(
					([verb, jail, backend]) =>
						verb === 'add' &&
						backend !== 'systemd' &&
						!dump(config, logs).some(([, other, option]) => other === jail && option === 'addlogpath'),
				);
				const stderr = blind ? 'ERROR   Failed during configuration: Have not found any log file' : '';
				return { exit: blind ? 255 : 0, signal: null, stdout: '', stderr, timedOut: false };
			},
			dump: async () => dump(config, logs),
		},
		figures: {
			read: async () => ({ figures: { running, jails: [] }, stale: null, failure: null }) as never,
		},
		tryChange: async () => ({
			after: {
				test: { exit: 0, signal: null, stdout: '', stderr: '', timedOut: false },
				dumped: { jails: new Map(), server: new Map(), errors: [] },
			},
		}),
		filters: { detailOf: async () => ({ warnings: [], options: {} }) as unknown as FilterDetail },
		packagedFiles: async () => new Map(),
		journalFault: async () => (journalFault === undefined ? null : verbatim(journalFault)),
		unitError: async () => unitError ?? null,
		fail2banVersion: async () => '1.0.2',
		protectedAddresses: async () => [{ address: '10.0.0.2', what: msg("cluster node '{0}'", 'pve2') }],
		ownAddresses: () => [],
		now: () => 0,
	};
	const audit = new ConfigAudit(deps);
	return {
		answer: (caller = root) => audit.answer(false, '192.0.2.10', caller),
		check: () => audit.check(),
	};
}

const texts = (findings: readonly { id: string; text: string }[], id: string) =>
	findings.filter((one) => one.id === id).map(({ text }) => text);

describe('a configuration that was made by hand', () => {
	it('is left alone when its jail.local is no copy', async () => {
		const audit = auditOf({ files: { 'jail.local': '[sshd]\nbantime = 1h\n' } });
		expect(await audit.answer()).toMatchObject({ needed: false, files: [], problem: null });
		expect(await audit.check()).toBeNull();
	});

	it('keeps what the admin changed in the copy, and its comments', async () => {
		const copy = jailConf.replace('findtime = 10m', '# ours\nfindtime = 3h');
		const { files, root: needsRoot } = await auditOf({ files: { 'jail.local': copy } }).answer();
		expect(files.map(({ file, state }) => [file, state])).toEqual([['jail.local', 'changed']]);
		const left = files[0]?.diff?.split('\n').filter((line) => line.startsWith(' ') || line.startsWith('+'));
		expect(left?.map((line) => line.slice(1))).toEqual(
			expect.arrayContaining(['[DEFAULT]', '# ours', 'findtime = 3h']),
		);
		expect(files[0]?.diff).not.toMatch(/^[ +]port/m);
		// ports anybody with Sys.Modify may set, but a log path not
		expect(needsRoot).toBe(true);
	});

	it('shows its diff to root@pam alone', async () => {
		const { files } = await auditOf({ files: { 'jail.local': jailConf } }).answer(admin);
		expect(files).toEqual([{ file: 'jail.local', state: 'removed', diff: null }]);
	});

	it('reads log files of rsyslog as it did, and is told so', async () => {
		const files = { 'jail.d/sshd.conf': '[sshd]\nenabled = true\n' };
		const { findings, needed } = await auditOf({ files, logs: ['/var/log/auth.log'] }).answer();
		expect(texts(findings, 'reads-file')).toEqual([
			"Jail 'sshd' reads /var/log/auth.log, which rsyslog writes.",
		]);
		expect(needed).toBe(false);
	});

	it('gets the journal for a jail without a log, where nobody chose a backend', async () => {
		const files = { 'jail.d/sshd.conf': '[sshd]\nenabled = true\n' };
		const { findings, files: changed } = await auditOf({ files }).answer();
		expect(texts(findings, 'refuses-start')).toEqual([
			expect.stringMatching(
				/^fail2ban refuses to start: jail 'sshd' has no log: there is no log file \/var\/log\/auth\.log, and jail\.conf:\d+ sets backend = auto\.$/,
			),
		]);
		expect(findings[0]?.messages).toMatchObject({
			text: {
				id: 'fail2ban refuses to start: {0}',
				args: [{ args: ['sshd', { id: 'there is no log file {0}' }, expect.any(String), expect.anything()] }],
			},
			hint: { id: 'The repair makes this jail read the journal.' },
		});
		expect(changed[0]?.diff).toContain('+backend = systemd');
	});

	it('is not given a journal that cannot be read', async () => {
		const fault = "Python's module systemd is missing: install the package python3-systemd.";
		const files = { 'jail.d/sshd.conf': '[sshd]\nenabled = true\n' };
		const blind = await auditOf({ files, journalFault: fault }).answer();
		expect(blind.files).toEqual([]);
		expect(blind.findings[0]?.hint).toBe(`The journal cannot be read either: ${fault}`);
		const { findings } = await auditOf({ journalFault: fault, running: true }).answer();
		expect(texts(findings, 'no-journal')).toEqual([`Jail 'sshd' cannot read the journal: ${fault}`]);
	});

	it("repeats the service's last words where its files are no reason not to start", async () => {
		const audit = auditOf({ unitError: 'Unable to open the database' });
		expect(await audit.check()).toMatchObject({
			state: 'critical',
			text: 'fail2ban refuses to start: Unable to open the database',
		});
	});

	it('names cluster nodes and the caller that a jail does not ignore', async () => {
		const { findings } = await auditOf({ running: true }).answer();
		expect(texts(findings, 'nodes-not-ignored')).toEqual([
			"Could be banned: 10.0.0.2 (cluster node 'pve2').",
		]);
		expect(texts(findings, 'client-not-ignored')).toHaveLength(1);
	});
});
