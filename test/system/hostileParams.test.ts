import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TObject } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/contract/index.ts';
import type { Endpoint } from '../../src/contract/kit/endpoint.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { type HelperAnswer, startTestHelper, type TestHelper } from '../support/helper.ts';

const texts = ['a\0b', 'a\nb', 'x'.repeat(10_000), '../..', '%(x)s', '-x', 'ü\u202e😀'];
/** Only a body can hold them. */
const otherTypes = [{ a: 1 }, [['x']], null];

/** What a call needs besides the hostile parameter, so that it is this one that is refused. */
const usual: Record<string, unknown> = {
	jail: 'sshd',
	name: 'sshd',
	scope: 'all',
	ip: '192.0.2.1',
	id: '20260101T000000-000000',
	command: 'reload',
	source: 'text',
	text: 'x',
	failregex: '<HOST>',
	content: '',
};

/** The same for calls that need more, or something else. */
const special: Record<string, Record<string, unknown>> = {
	// a jail that is on needs a log
	createJail: { jail: 'hostile', filter: 'sshd', enabled: 0 },
	createFilter: { name: 'hostile', failregex: '^x <HOST>$' },
	updateFilter: { ignoreregex: '' },
	testFilter: { text: 'x', failregex: '<HOST>' },
	scanLog: { failregex: '<HOST>', source: 'jail', jail: 'sshd' },
	createFile: { name: 'jail.d/hostile.local' },
	updateFile: { name: 'jail.d/hostile.local' },
	deleteFile: { name: 'jail.d/hostile.local' },
};

/** The caller's address is a hint, the same in all calls; one of them is enough. */
const onlyAt: Record<string, string> = { client: 'getChecks' };

/** Texts that may stand there as they are, and of which a change would try each. */
const free = /^(?:failregex|ignoreregex|prefregex|datepattern|journalmatch|content|comment)$/;

/** Who may make the call but sets no option that only root may set: then a value is held to its grammar at once. */
const userOf = ({ permission }: Endpoint) => (permission === 'root' ? 'root@pam' : 'admin@pve');

/** An index never reaches the helper. */
const all = (Object.entries(endpoints) as unknown as [string, Endpoint<TObject>][]).filter(
	([, { index }]) => index === undefined,
);

describe('hostile parameters', () => {
	let fail2ban: PrivateFail2ban;
	let helper: TestHelper;

	beforeAll(async () => {
		const release = releases().at(-1);
		if (!release) throw new Error('no release of fail2ban');
		fail2ban = await startFail2ban(release);
		helper = await startTestHelper(fail2ban);
	});
	afterAll(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	function bytes(): string {
		const hash = createHash('sha1');
		for (const entry of readdirSync(fail2ban.config, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath ?? entry.path, entry.name);
			hash.update(path);
			if (entry.isFile()) hash.update(readFileSync(path));
		}
		return hash.digest('hex');
	}

	function send(endpoint: Endpoint<TObject>, params: Record<string, unknown>): Promise<HelperAnswer> {
		const rest = { ...params };
		const path = endpoint.path.replace(/\{([\w-]+)\}/g, (_all, name: string) => {
			const value = rest[name];
			delete rest[name];
			return encodeURIComponent(String(value));
		});
		return helper.call(endpoint.method, path, rest, userOf(endpoint), true);
	}

	it.each(all)('of %s are refused by name, or taken for what they are', async (call, endpoint) => {
		const { properties, required = [] } = endpoint.params;
		const needed = {
			...Object.fromEntries(required.map((name) => [name, usual[name] ?? 'x'])),
			...special[call],
		};
		const inBody = endpoint.method === 'POST' || endpoint.method === 'PUT';
		for (const param of Object.keys(properties)) {
			if (call !== (onlyAt[param] ?? call)) continue;
			const inPath = endpoint.path.includes(`{${param}}`);
			const before = bytes();
			const wrong: unknown[] = [];
			let taken = false;
			const tried = free.test(param) ? texts.filter((text) => /\0|%|^x/.test(text)) : texts;
			for (const value of [...tried, ...(inBody && !inPath ? otherTypes : [])]) {
				const { status, body } = await send(endpoint, { ...needed, [param]: value });
				const { code, message, errors } = body.error ?? {};
				const named = status !== 400 || Object.keys(errors ?? {}).includes(param) || message.includes(param);
				const fine = status < 300 || (status >= 400 && status < 500 && message !== '' && named);
				taken ||= status < 300;
				if (!fine) wrong.push({ param, value: String(value).slice(0, 30), status, code, message, errors });
			}
			expect(wrong).toEqual([]);
			if (!taken || endpoint.method === 'GET') expect([param, bytes()]).toEqual([param, before]);
		}
	});

	it('leave helper and server alive', async () => {
		expect((await helper.call('GET', '/status')).body.data).toMatchObject({ running: true });
		expect(helper.log.filter((line) => /TypeError|RangeError|SyntaxError/.test(line))).toEqual([]);
	});
});
