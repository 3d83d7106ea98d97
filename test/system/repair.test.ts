import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repair, RepairFinding } from '../../src/contract/types.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { guideFiles, guideNode, shippedFiles } from '../support/guideNode.ts';
import { fingerprint, startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

/** The helper as on a node whose dpkg knows the release's files, and whose apt has the package. */
function helperOn(fail2ban: PrivateFail2ban): Promise<TestHelper> {
	const shipped = shippedFiles(fail2ban.release);
	return startTestHelper(fail2ban, {
		seams: {
			packages: () => shipped,
			packagedFiles: async (wanted) =>
				new Map(wanted.map(({ file }) => [file, readFileSync(join(fail2ban.release.stock, file))])),
		},
	});
}

async function running(fail2ban: PrivateFail2ban): Promise<string[]> {
	const { exit, stdout } = await fail2ban.client('status');
	const list = /Jail list:\s*(.*)/.exec(stdout)?.[1] ?? '';
	return exit === 0 ? list.split(/,\s*/).filter(Boolean).sort() : [];
}

/** `jail.local:282`: where a section of a text sets an option. */
function placeOf(file: string, text: string, section: string, option: string): string {
	const lines = text.split('\n');
	const start = lines.indexOf(`[${section}]`);
	const line = lines.findIndex((each, at) => at > start && new RegExp(`^${option}\\s*=`).test(each));
	return `${file}:${line + 1}`;
}

const sessionLine =
	'Nov 23 10:15:02 pve1 sshd-session[4711]: Failed password for root from 192.0.2.99 port 4711 ssh2';

describe.each(releases())('a node set up by hand as the guide says, fail2ban $version', (release) => {
	/** Debian 12: fail2ban refuses to start. Debian 13: its paths-debian.conf has the journal for these jails. */
	const refuses = release.version === '1.0.2';
	const guide = guideFiles(release);
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;
	let before: Record<string, string>;
	let change = '';

	beforeAll(async () => {
		fail2ban = await startFail2ban(release, { files: guideNode(release), start: false });
		helper = await helperOn(fail2ban);
		before = await fingerprint(fail2ban.config);
		if (!refuses) await fail2ban.start();
	});
	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	async function audit(params = {}): Promise<Repair> {
		const { status, body } = await helper.call('GET', '/repair', params);
		expect(status, JSON.stringify(body)).toBe(200);
		return body.data;
	}

	async function configurationCheck() {
		const { body } = await helper.call('GET', '/checks');
		return body.data.find(({ id }: { id: string }) => id === 'configuration');
	}

	/** How many failures the filter sshd finds in a line as sshd-session writes it. */
	async function matched(): Promise<number> {
		const { body } = await helper.call('POST', '/test', {
			source: 'text',
			text: sessionLine,
			filter: 'sshd',
		});
		return body.data.counts.matched;
	}

	const byId = (findings: readonly RepairFinding[], id: string) => findings.filter((one) => one.id === id);

	it('names the value that is to blame when fail2ban refuses to start, and only then', async () => {
		const { findings } = await audit();
		const found = byId(findings, 'refuses-start');
		if (!refuses) {
			expect(found).toEqual([]);
			expect(await running(fail2ban)).toEqual(['pam-generic', 'proxmox', 'sshd']);
			return;
		}
		await expect(fail2ban.start()).rejects.toThrow('Have not found any log file for sshd jail');
		const local = guide['jail.local'] ?? '';
		const place = (jail: string) => placeOf('jail.local', local, jail, 'backend');
		const beaten = (jail: string) =>
			placeOf(`jail.d/${jail}.conf`, guide[`jail.d/${jail}.conf`] ?? '', jail, 'backend');
		expect(found).toHaveLength(1);
		expect(found[0]?.text).toBe(
			`fail2ban refuses to start: jail 'sshd' has no log: ${place('sshd')} (backend = %(sshd_backend)s, which is auto) ` +
				`overrides ${beaten('sshd')} (backend = systemd), and there is no log file ${fail2ban.dir}/logs/none.log. ` +
				`The same applies to jail 'pam-generic' (${place('pam-generic')} overrides ${beaten('pam-generic')}).`,
		);
		expect(`${found[0]?.file}:${found[0]?.line}`).toBe(place('sshd'));
		expect(await configurationCheck()).toMatchObject({
			state: 'critical',
			link: 'repair',
			text: found[0]?.text,
		});
	});

	it('names the weaknesses of the copies and of the values', async () => {
		const { findings, copies, needed } = await audit();
		expect(needed).toBe(true);
		expect(copies).toEqual([
			{ file: 'filter.d/pam-generic.conf', kind: 'changed-conffile', replaces: 'fail2ban' },
			{ file: 'filter.d/proxmox.conf', kind: 'own-file', replaces: 'pve-fail2ban-pve' },
			{ file: 'filter.d/sshd.conf', kind: 'changed-conffile', replaces: 'fail2ban' },
		]);
		expect(byId(findings, 'copied-defaults')[0]?.text).toContain('jail.local is a copy of jail.conf');
		expect(byId(findings, 'beaten-value')).toMatchObject([
			{ jail: 'pam-generic', text: expect.stringContaining('(banaction = iptables) has no effect') },
		]);
		expect(byId(findings, 'one-mistake').map(({ jail, text }) => [jail, text.slice(0, 37)])).toEqual(
			['pam-generic', 'proxmox', 'sshd'].map((jail) => [jail, 'One wrong password bans for 30 days i']),
		);
		expect(byId(findings, 'client-not-ignored')[0]?.text).toContain('192.0.2.10');
		expect(byId(findings, 'own-ignoreip').map(({ jail }) => jail)).toEqual([
			'pam-generic',
			'proxmox',
			'sshd',
		]);
		const sshd = byId(findings, 'copied-filter').find(({ file }) => file === 'filter.d/sshd.conf');
		expect(sshd?.state).toBe(refuses ? 'warning' : 'critical');
		expect(sshd?.text.includes('sshd-session')).toBe(!refuses);
	});

	it('is right about the loose filter, and about sshd-session', async () => {
		const weakFilter = async () =>
			byId((await audit()).findings, 'weak-filter').find(({ jail }) => jail === 'proxmox');
		// the proof is searched for in the background
		const weak = await until(weakFilter, 'the finding of the loose filter');
		expect(weak).toMatchObject({ state: 'critical', file: 'filter.d/proxmox.conf', line: 4 });
		if (!refuses) expect(await matched()).toBe(0);
	});

	it('lets only root@pam repair what only root@pam may set', async () => {
		const { status, body } = await helper.call('POST', '/repair', {}, 'admin@pve');
		expect([status, body.error.code]).toEqual([403, 'root-only']);
		expect((await helper.call('GET', '/repair', {}, 'admin@pve')).body.data).toMatchObject({ root: true });
		expect(await fingerprint(fail2ban.config)).toEqual(before);
	});

	if (refuses) {
		it('is undone, with a server that is not running as before, if it is not kept', async () => {
			const { body, lines } = await helper.call('POST', '/repair', {});
			expect(body, lines?.join('\n')).toEqual({ exit: { ok: true } });
			expect(await running(fail2ban)).toEqual(['pam-generic', 'proxmox', 'sshd']);
			const { provisional } = (await helper.call('GET', '/status')).body.data;
			const reverted = await helper.call('POST', `/changes/${provisional.id}/revert`);
			expect([reverted.status, reverted.body], reverted.lines?.join('\n')).toEqual([
				200,
				{ exit: { ok: true } },
			]);
			expect(await fingerprint(fail2ban.config)).toEqual(before);
			expect(await running(fail2ban)).toEqual([]);
		});
	}

	it('repairs all of it in one change that keeps what the admin chose', async () => {
		const { digest, files, starts, problem } = await audit({ copies: 1 });
		expect(problem).toBeNull();
		expect(starts).toEqual(refuses ? ['pam-generic', 'proxmox', 'sshd'] : []);
		const { status, body, lines } = await helper.call('POST', '/repair', { copies: 1, digest });
		expect([status, body], lines?.join('\n')).toEqual([200, { exit: { ok: true } }]);
		const { provisional } = (await helper.call('GET', '/status')).body.data;
		expect(provisional === null).toBe(!refuses);
		if (refuses) {
			const kept = await helper.call('POST', `/changes/${provisional.id}/confirm`);
			expect([kept.status, kept.body]).toMatchObject([200, {}]);
		}

		expect(await running(fail2ban)).toEqual(['pam-generic', 'proxmox', 'sshd']);
		for (const jail of ['pam-generic', 'proxmox', 'sshd']) {
			const get = async (option: string) => (await fail2ban.client('get', jail, option)).stdout.trim();
			expect(await get('maxretry')).toBe('1');
			expect(await get('findtime')).toBe(String(14 * 86_400));
			expect(await get('bantime')).toBe(String(30 * 86_400));
			expect(await get('ignoreip')).toContain('127.0.0.0/8');
			expect(await get('logpath')).not.toContain('none.log');
			expect(await get('actions')).toContain('iptables');
		}
		const regexes = (await fail2ban.client('get', 'proxmox', 'failregex')).stdout;
		expect(regexes).toContain('(?:openid )?authentication failure; rhost=');
		const read = (file: string) => readFile(join(fail2ban.config, file), 'utf8').catch(() => null);
		expect(await read('jail.local')).toBe(
			refuses ? null : '[DEFAULT]\nbanaction = iptables-multiport\nbanaction_allports = iptables-allports\n',
		);
		expect(await read('filter.d/proxmox.conf')).toBeNull();
		for (const file of ['filter.d/sshd.conf', 'filter.d/pam-generic.conf']) {
			expect(await read(file)).toBe(readFileSync(join(release.stock, file), 'utf8'));
		}
		for (const jail of ['pam-generic', 'proxmox', 'sshd'])
			expect(await read(`jail.d/${jail}.conf`)).toBe(guide[`jail.d/${jail}.conf`]);
		const changes = (await helper.call('GET', '/changes')).body.data;
		const made = changes.find(({ what }: { what: string }) => what === 'repair the configuration');
		expect([...made.files].sort()).toEqual(files.map(({ file }) => file).sort());
		change = made.id;
	});

	it('finds nothing to repair any more', async () => {
		const { needed, copies, files, findings } = await audit({ copies: 1 });
		expect([needed, copies, files.map(({ file }) => file)]).toEqual([false, [], []]);
		expect(findings.filter(({ state }) => state === 'critical')).toEqual([]);
		// a busy node first says that it could not check in time
		await until(configurationCheck, 'the check has nothing to say', (check) => check === undefined);
		if (!refuses) expect(await matched()).toBe(1);
		const again = await helper.call('POST', '/repair', { copies: 1 });
		expect([again.status, again.body.error?.code]).toEqual([409, 'nothing-to-do']);
	});

	it('is undone byte for byte, also to a state that fail2ban refuses to start with', async () => {
		const repaired = await fingerprint(fail2ban.config);
		if (refuses) {
			const asked = await helper.call('POST', `/changes/${change}/revert`);
			expect([asked.status, asked.body.error.code]).toEqual([409, 'refuses-start']);
			expect(asked.body.error.errors['refuses-start'].split(',').sort()).toEqual(['pam-generic', 'sshd']);
			expect(await fingerprint(fail2ban.config)).toEqual(repaired);
			expect(await running(fail2ban)).toEqual(['pam-generic', 'proxmox', 'sshd']);
		}
		const { status, body } = await helper.call('POST', `/changes/${change}/revert`, { force: 1 });
		expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringContaining('error')]);
		expect(await fingerprint(fail2ban.config)).toEqual(before);
		expect(await running(fail2ban)).toEqual(refuses ? ['proxmox'] : ['pam-generic', 'proxmox', 'sshd']);
		expect((await fail2ban.client('-t')).exit).toBe(refuses ? 255 : 0);
		expect((await audit()).needed).toBe(true);
	});
});
