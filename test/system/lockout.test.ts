import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateFail2ban, releases } from '../support/fail2ban.ts';
import { failedLogInLine, failedLogIns } from '../support/failedLogIns.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { startLockoutJails } from '../support/lockoutJails.ts';
import { until } from '../support/until.ts';

/** The caller's address, as the helper is told. */
const own = '192.0.2.10';
const hour = 3600;

const entries = [
	...failedLogIns(own, 30 * hour, 26 * hour),
	...failedLogIns('198.51.100.1', 2 * hour),
	...failedLogIns('198.51.100.2', 50 * hour, 49 * hour, 48 * hour),
	...failedLogIns('198.51.100.3', 200 * hour),
	...failedLogIns('2001:db8::5', 10 * hour, 9 * hour),
	...failedLogIns('203.0.113.7', 5 * hour, 4 * hour),
].sort((one, other) => one.time - other.time);

const strict = { enabled: 1, maxretry: 2, findtime: '4d', bantime: '30d' };

describe.each(releases())('fail2ban $version', (release) => {
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;

	beforeAll(async () => {
		fail2ban = await startLockoutJails(release, {
			entries,
			journal: 'ignoreip = 203.0.113.0/24\n',
			follow: 'ignoreip = 198.51.100.0/24\n',
			// new lines reach only the jail that runs
			files: { 'jail.local': `[follow]\nignoreip = 198.51.100.0/24 ${own}\n` },
		});
		helper = await startTestHelper(fail2ban);
	});

	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	async function banned(jail: string, count: number): Promise<string[]> {
		const found = async () => {
			const { stdout } = await fail2ban.client('get', jail, 'banip');
			return stdout.split(/\s+/).filter((word) => /^[0-9a-f:.]{5,}$/i.test(word));
		};
		return (await until(found, `${count} bans in ${jail}`, ({ length }) => length >= count)).sort();
	}

	/** What the helper answers, or its error. */
	async function call(method: string, path: string, params: object = {}, user?: string) {
		const { body } = await helper.call(method, path, params as Record<string, unknown>, user);
		return body.data ?? body.error ?? body;
	}

	async function failed(jail: string): Promise<number> {
		const { stdout } = await fail2ban.client('status', jail);
		return Number(/Currently failed:\s+(\d+)/.exec(stdout)?.[1]);
	}

	async function logIn(ip: string, times: number): Promise<void> {
		const before = await failed('follow');
		for (let n = 0; n < times; n++)
			await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(ip));
		await until(
			() => failed('follow'),
			`failures of ${ip} are counted`,
			(now) => now !== before,
		);
	}

	it('foretells exactly whom a jail bans when it starts', async () => {
		const foretold = await call('GET', '/jails/journal/preview', strict);
		expect(foretold).toMatchObject({
			total: 3,
			'at-once': true,
			bantime: 30 * 24 * hour,
			ignored: false,
			truncated: false,
			problem: null,
			lines: 10,
			addresses: [
				{ ip: own, failures: 2, own: true, what: null, banned: false },
				{ ip: '198.51.100.2', failures: 3, own: false, what: null, banned: false },
				{ ip: '2001:db8::5', failures: 2, own: false, what: null, banned: false },
			],
		});
		expect(await call('PUT', '/jails/journal', strict)).toMatchObject({
			code: 'would-ban',
			message: expect.stringContaining(`This change bans ${own}, the address you use now, for 30 days`),
			errors: { 'would-ban': own },
		});
		const made = await call('PUT', '/jails/journal', { ...strict, force: 1 });
		expect(made).toMatchObject({ provisional: { id: made.id, seconds: 60 } });
		const addresses = foretold.addresses.map(({ ip }: { ip: string }) => ip).sort();
		expect(await banned('journal', 3)).toEqual(addresses);

		const again = await call('GET', '/jails/journal/preview', { maxretry: 1 });
		expect(again, 'a jail that goes on remembers what it banned no more').toMatchObject({
			'at-once': false,
			total: 1,
			addresses: expect.arrayContaining([
				{ ip: '198.51.100.1', failures: 1, own: false, what: null, banned: false },
			]),
		});
		expect(await call('POST', `/changes/${made.id}/revert`)).toMatchObject({ exit: { ok: true } });
	});

	it('foretells nothing for a jail that comes back and has read its log', async () => {
		expect(await call('GET', '/jails/journal/preview', strict)).toMatchObject({ total: 0, lines: 0 });
	});

	it('lets a change pass that bans nobody new, or nobody who must not be banned', async () => {
		const longer = await call('PUT', '/jails/follow', { bantime: '4w' });
		expect(longer).toMatchObject({ provisional: null, files: ['jail.d/follow.local'] });
		const made = await call('PUT', '/jails/follow', { maxretry: 4 });
		expect(made).toMatchObject({ provisional: null });
	});

	it('refuses other ports where the caller is banned already, in a network, too', async () => {
		await fail2ban.client('set', 'sshd', 'banip', '192.0.2.0/24');
		expect(await call('PUT', '/jails/sshd', { port: '22,8006' })).toMatchObject({
			code: 'would-ban',
			errors: { 'would-ban': '192.0.2.0/24' },
		});
		await fail2ban.client('set', 'sshd', 'unbanip', '192.0.2.0/24');
	});

	it('says that failures which a running jail remembers ban with the next one, which they then do', async () => {
		await logIn('198.18.0.1', 2);
		const foretold = await call('GET', '/jails/follow/preview', { maxretry: 2 });
		expect(foretold).toMatchObject({
			'at-once': false,
			total: 1,
			ignored: true,
			addresses: [{ ip: '198.18.0.1', failures: 2, own: false, banned: false }],
		});
		expect(await call('PUT', '/jails/follow', { maxretry: 2 })).toMatchObject({ provisional: null });
		expect(await banned('follow', 0)).toEqual([]);
		await logIn('198.18.0.1', 1);
		expect(await banned('follow', 1)).toEqual(['198.18.0.1']);
	});

	it('guards the ignore list, the raw file and options that are given back alike', async () => {
		// the jail ignores them, so that its counter does not tell
		for (let n = 0; n < 3; n++) await appendFile(join(fail2ban.dir, 'logs/follow.log'), failedLogInLine(own));
		const refused = { code: 'would-ban', errors: { 'would-ban': own } };
		expect(await call('DELETE', '/ignore', { ip: own, jail: 'follow' })).toMatchObject(refused);
		const { content, digest } = await call('GET', '/file', { name: 'jail.local' });
		const open = content.replace(own, '');
		expect(await call('PUT', '/file', { name: 'jail.local', content: open, digest })).toMatchObject(refused);
		expect(await call('PUT', '/jails/follow', { delete: 'ignoreip' })).toMatchObject(refused);
		const { options } = await call('GET', '/jails/follow/config');
		expect(options.ignoreip.value).toContain(own);
		const ignored = await call('PUT', '/jails/follow', { ignoreip: `198.51.100.0/24 ${own} 10.1.2.3` });
		expect(ignored).toMatchObject({ provisional: null });
		const dropped = await call('PUT', '/jails/follow', { ignoreip: '198.51.100.0/24', client: '10.1.2.3' });
		expect(dropped).toMatchObject(refused);
	});

	it('applies no edit made outside that bans the caller, unless that is forced', async () => {
		const file = join(fail2ban.config, 'jail.local');
		await writeFile(file, '[follow]\nmaxretry = 2\nignoreip = 198.51.100.0/24\n');
		expect(await call('POST', '/service', { command: 'reload' })).toMatchObject({
			code: 'would-ban',
			errors: { 'would-ban': own },
		});
		expect(await call('POST', '/service', { command: 'reload', jail: 'follow' })).toMatchObject({
			code: 'would-ban',
		});
		expect(await call('POST', '/service', { command: 'reload', force: 1 })).toMatchObject({
			exit: { ok: true },
		});
	});
});
