import { describe, expect, it } from 'vitest';
import { JailConfig } from '../../../../src/backend/config/layers.ts';
import type { ConfigSnapshot } from '../../../../src/backend/files/ConfigFiles.ts';
import { overlay } from '../../../../src/backend/files/overlay.ts';
import { jailChoices } from '../../../../src/backend/services/protection/jailChoices.ts';
import { readNodeFacts } from '../../../../src/backend/services/protection/nodeFacts.ts';
import { planProtection, presetOf } from '../../../../src/backend/services/protection/plan.ts';
import { type PresetId, presetById } from '../../../../src/backend/services/protection/presets.ts';
import { memorySource } from '../../../support/memorySource.ts';
import { type NodeFilesOptions, nodeFiles } from '../../../support/nodeFiles.ts';

const root = '/etc/fail2ban';

/** As far as it matters, what both releases ship. */
const shipped: Record<string, string> = {
	'jail.conf': `[DEFAULT]
bantime = 10m
findtime = 10m
maxretry = 5
backend = auto
enabled = false
mode = normal
filter = %(__name__)s[mode=%(mode)s]
port = 0:65535
banaction = iptables-multiport
banaction_allports = iptables-allports

[sshd]
port = ssh
logpath = /var/log/auth.log

[recidive]
logpath = /var/log/fail2ban.log
banaction = %(banaction_allports)s
bantime = 1w
findtime = 1d

[pam-generic]
banaction = %(banaction_allports)s
logpath = /var/log/auth.log
`,
	'fail2ban.conf': '[DEFAULT]\ndbpurgeage = 1d\nlogtarget = SYSLOG\nloglevel = INFO\n[Definition]\n',
	...Object.fromEntries(
		['sshd', 'pam-generic', 'recidive', 'pve-fail2ban-pve', 'pve-fail2ban-pbs'].map((name) => [
			`filter.d/${name}.conf`,
			'[Definition]\nfailregex = ^<HOST>$\nignoreregex =\n',
		]),
	),
};

function snapshotOf(files: Record<string, string>): ConfigSnapshot {
	const source = memorySource({ ...shipped, ...files }, root);
	return { root, source, jails: new JailConfig(source, root, '1.1.0'), digest: '', problems: [] };
}

interface Wanted {
	preset?: PresetId;
	jails?: string[];
	ignore?: string[];
	node?: Partial<NodeFilesOptions>;
}

function factsOf(node: Partial<NodeFilesOptions> = {}) {
	return readNodeFacts({
		...nodeFiles({ dir: '/nowhere', ...node }),
		journalBackend: 'systemd',
		logFolder: '/var/log',
	});
}

function planOf(snapshot: ConfigSnapshot, { preset = 'standard', jails, ignore = [], node }: Wanted) {
	const choices = jailChoices(snapshot, factsOf(node)).filter(({ jail }) => jails?.includes(jail) ?? true);
	return planProtection(snapshot, {
		preset: presetById(preset),
		choices,
		ignore: ignore.map((address) => ({ address, comment: 'x' })),
		stamp: { added: 0, user: 'root@pam' },
	});
}

/** The files after a plan, by name. */
function protect(files: Record<string, string>, wanted: Wanted = {}) {
	const snapshot = snapshotOf(files);
	const { planned } = planOf(snapshot, wanted);
	const source = overlay(snapshot.source, root, planned.edits);
	const jails = new JailConfig(source, root, '1.1.0');
	const texts = Object.fromEntries(planned.edits.map(({ file, text }) => [file, text ?? '']));
	return { texts, jails, planned, value: (jail: string, name: string) => jails.option(jail, name)?.value };
}

describe('planProtection', () => {
	it('writes into the sections of its own jails only, so that no other jail changes', () => {
		const own = { 'jail.d/own.local': '[own]\nenabled = true\nfilter = sshd\n' };
		const { jails, texts } = protect(own, { ignore: ['192.0.2.7'] });
		const before = snapshotOf(own).jails;
		for (const name of ['maxretry', 'findtime', 'bantime', 'bantime.increment', 'banaction', 'backend'])
			expect(jails.option('own', name)?.value).toBe(before.option('own', name)?.value);
		expect(texts['jail.local']).toMatch(/^\[DEFAULT\]\nignoreip =\n {4}192\.0\.2\.7 ; x \(/);
	});

	it.each(['standard', 'strict', 'one-attempt'] as const)('plans nothing after %s was applied', (preset) => {
		const once = protect({}, { preset, ignore: ['127.0.0.0/8'] }).texts;
		const { planned: plan, jails } = protect(once, { preset, ignore: ['127.0.0.0/8'] });
		expect(plan.edits).toEqual([]);
		expect(presetOf(jails, ['sshd', 'pam-generic', 'proxmox', 'recidive'])?.id).toBe(preset);
	});

	it.each(['jail.local', 'jail.d/own.conf'])('plans nothing twice where %s has bans grow', (name) => {
		const growth = 'bantime.increment = true\nbantime.factor = 24\nbantime.maxtime = 10w\n';
		let files: Record<string, string> = { [name]: `[DEFAULT]\n${growth}[sshd]\nbantime.increment = true\n` };
		for (const preset of ['standard', 'strict', 'one-attempt', 'standard'] as const) {
			files = { ...files, ...protect(files, { preset }).texts };
			const { planned, jails, value } = protect(files, { preset });
			expect(planned.edits, preset).toEqual([]);
			expect(presetOf(jails, ['sshd', 'pam-generic', 'proxmox', 'recidive'])?.id).toBe(preset);
			expect(value('sshd', 'bantime.factor'), 'what no preset decides stays').toBe('24');
		}
	});

	it('leaves nothing of another preset behind', () => {
		const once = protect({}, { preset: 'standard' }).texts;
		const { value, texts } = protect(once, { preset: 'one-attempt' });
		expect(value('proxmox', 'bantime.increment')).toBeUndefined();
		expect(texts['jail.d/proxmox.local']).not.toContain('maxtime');
		// an admin's own longest time stays
		const own = { 'jail.d/sshd.local': '[sshd]\nbantime.increment = true\nbantime.maxtime = 8w\n' };
		expect(protect(own, { preset: 'one-attempt' }).value('sshd', 'bantime.maxtime')).toBe('8w');
	});

	it('switches growth off where [DEFAULT] has it on, also for a jail that is still to be made', () => {
		const files = { 'jail.local': '[DEFAULT]\nbantime.increment = true\nbackend = systemd\n' };
		const { value, texts } = protect(files, { preset: 'one-attempt' });
		expect(value('proxmox', 'bantime.increment')).toBe('false');
		expect(texts['jail.d/proxmox.local']).not.toContain('backend');
	});

	it('takes times for the same that are written otherwise', () => {
		const files = { 'jail.d/sshd.local': '[sshd]\nfindtime = 600\nbantime = 60m\n' };
		const { texts } = protect(files, { jails: ['sshd'] });
		expect(texts['jail.d/sshd.local']).toContain('findtime = 600\nbantime = 60m\n');
	});

	it('keeps bans as long as the longest time of the preset, and never shortens that', () => {
		const expected = { standard: '4w', strict: '4w', 'one-attempt': '30d' } as const;
		for (const [preset, age] of Object.entries(expected)) {
			const { texts } = protect({}, { preset: preset as PresetId });
			expect(texts['fail2ban.local']).toBe(`[Definition]\ndbpurgeage = ${age}\n`);
		}
		const long = { 'fail2ban.local': '[Definition]\ndbpurgeage = 1y\n' };
		expect(protect(long).texts['fail2ban.local']).toBeUndefined();
		expect(
			protect({ 'fail2ban.local': '[Definition]\ndbfile = None\n' }).texts['fail2ban.local'],
		).toBeUndefined();
	});

	it('adds to the ignore list what no entry covers, and to own lists of its jails, not of others', () => {
		const files = {
			'jail.local':
				'[DEFAULT]\nignoreip = 10.0.0.0/8\n[sshd]\nignoreip = 192.0.2.7\n[own]\nfilter = sshd\nignoreip = 192.0.2.8\n',
		};
		const { value, jails } = protect(files, { ignore: ['10.1.2.3', '192.0.2.7'] });
		expect(jails.defaultOption('ignoreip')?.value?.split(/\s+/)).toEqual(['10.0.0.0/8', '192.0.2.7']);
		expect(value('sshd', 'ignoreip')?.split(/\s+/)).toEqual(['192.0.2.7', '10.1.2.3']);
		expect(value('own', 'ignoreip')).toBe('192.0.2.8');
	});

	it('names jail, option, file and line that would still win', () => {
		const files = { 'jail.d/zz.local': '[sshd]\nmaxretry = 9\n' };
		expect(() => planOf(snapshotOf(files), { preset: 'strict' })).toThrow(
			expect.objectContaining({
				status: 400,
				errors: { jails: 'sshd, maxretry: jail.d/zz.local:2 is read later and overrides it.' },
			}),
		);
	});

	it('replaces the filter of an own jail proxmox, and keeps the one of sshd', () => {
		const files = {
			'jail.d/x.conf':
				'[proxmox]\nenabled = true\nfilter = proxmox\n[sshd]\nfilter = sshd[mode=aggressive]\n',
		};
		const { value } = protect(files);
		expect(value('proxmox', 'filter')).toMatch(/^pve-fail2ban-pve\b/);
		expect(value('sshd', 'filter')).toBe('sshd[mode=aggressive]');
	});
});

describe('what a jail needs on a node', () => {
	const needed = (jail: string, files: Record<string, string>, node: Partial<NodeFilesOptions> = {}) => {
		const offer = jailChoices(snapshotOf(files), factsOf(node)).find((one) => one.jail === jail);
		return offer?.reason == null ? Object.fromEntries(offer?.needed ?? []) : String(offer.reason);
	};
	const nft = { files: { '/usr/sbin/nft': '' } };

	it('keeps an action whose program is there, and gives one that enforces where it is not', () => {
		expect(needed('pam-generic', {})).not.toHaveProperty('banaction');
		const nftables = {
			'jail.local': '[DEFAULT]\nbanaction = nftables\nbanaction_allports = nftables[type=allports]\n',
		};
		expect(needed('sshd', nftables)).toMatchObject({ banaction: 'iptables-multiport' });
		expect(needed('proxmox', nftables)).toMatchObject({ banaction: 'iptables-multiport' });
		expect(needed('recidive', nftables)).toMatchObject({ banaction: 'iptables-allports' });
		expect(needed('sshd', nftables, nft)).not.toHaveProperty('banaction');
		const ufw = { 'jail.local': '[DEFAULT]\nbanaction = ufw\n' };
		expect(needed('sshd', ufw)).not.toHaveProperty('banaction');
	});

	it("goes by Proxmox VE's firewall with nftables, unless an admin chose otherwise", () => {
		const node = { files: { ...nft.files, '/etc/pve/local/host.fw': '[OPTIONS]\nnftables: 1\n' } };
		expect(needed('sshd', {}, node)).toMatchObject({ banaction: 'nftables-multiport' });
		const chosen = { 'jail.local': '[DEFAULT]\nbanaction = iptables-multiport\n' };
		expect(needed('sshd', chosen, node)).not.toHaveProperty('banaction');
	});

	it('gives several ports an action that takes them', () => {
		const node = { files: { '/etc/ssh/sshd_config': 'Port 22\nPort 2222\n' } };
		const plain = { 'jail.local': '[sshd]\nbanaction = iptables\n' };
		expect(needed('sshd', plain, node)).toMatchObject({ banaction: 'iptables-multiport', port: '22,2222' });
		expect(needed('sshd', plain)).not.toHaveProperty('banaction');
	});

	it('closes what an admin closes besides, and what is listened on', () => {
		const node = { files: { '/etc/ssh/sshd_config': 'Port 2222\n' } };
		const own = { 'jail.local': '[sshd]\nport = ssh,443\n' };
		expect(needed('sshd', own, node)).toMatchObject({ port: 'ssh,443,2222' });
		expect(needed('sshd', { 'jail.local': '[sshd]\nport = 2000:3000\n' }, node)).not.toHaveProperty('port');
		expect(needed('proxmox', {})).toMatchObject({ port: '8006' });
		expect(needed('proxmox', { 'jail.d/p.conf': '[proxmox]\nport = https,8006\n' })).not.toHaveProperty(
			'port',
		);
	});

	it('says what to install where no log can be read', () => {
		expect(needed('sshd', {}, { journal: false })).toContain('apt install rsyslog');
		const noPython = { journal: false, files: { '/run/log/journal/x': '' } };
		expect(needed('sshd', {}, noPython)).toContain('apt install python3-systemd');
	});

	it("goes by fail2ban's own log for recidive, whatever [DEFAULT] says", () => {
		expect(needed('recidive', {})).toMatchObject({ backend: 'systemd' });
		const quiet = { 'fail2ban.local': '[Definition]\nloglevel = WARNING\n' };
		expect(needed('recidive', quiet)).toContain('WARNING');
		const missing = { 'fail2ban.local': '[Definition]\nlogtarget = /var/log/fail2ban.log\n' };
		expect(needed('recidive', missing)).toContain('/var/log/fail2ban.log does not exist yet');
	});

	it('offers Backup Server and Mail Gateway only where they are installed', () => {
		const names = (files: Record<string, string>) =>
			jailChoices(snapshotOf({}), factsOf({ files })).map(({ jail }) => jail);
		const restore = '/usr/lib/x86_64-linux-gnu/proxmox-backup/file-restore/proxmox-restore-daemon';
		expect(names({ [restore]: '' })).toEqual(['sshd', 'pam-generic', 'proxmox', 'recidive']);
		expect(names({ '/lib/systemd/system/proxmox-backup-proxy.service': '' })).toContain('proxmox-backup');
		const mail = jailChoices(
			snapshotOf({}),
			factsOf({ files: { '/lib/systemd/system/pmgproxy.service': '' } }),
		).find(({ jail }) => jail === 'proxmox-mail');
		expect(String(mail?.reason)).toContain('filter.d/pve-fail2ban-pmg.conf is missing');
	});
});
