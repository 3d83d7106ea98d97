import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunCommand } from '../../src/backend/fail2ban/Fail2banCommands.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import type { RepairFinding } from '../../src/contract/types.ts';
import { type PrivateFail2ban, releases, startFail2ban } from '../support/fail2ban.ts';
import { guideNode, shippedFiles } from '../support/guideNode.ts';
import { startTestHelper, type TestHelper } from '../support/helper.ts';
import { until } from '../support/until.ts';

/** Where sshd logs as sshd-session, and the guide's copy of its filter does not know that. */
const newer = releases().filter(({ version }) => version !== '1.0.2');

/** As where fail2ban-client is broken, or too slow to say its version. */
const withoutVersion: RunCommand = async (program, args, options) =>
	args[0] === '-V'
		? { exit: 1, signal: null, timedOut: false, stdout: '', stderr: 'no module named fail2ban' }
		: runCommand(program, args, options);

describe.each(newer)("fail2ban's version, fail2ban $version", (release) => {
	let fail2ban: PrivateFail2ban | undefined;
	let helper: TestHelper | undefined;

	afterEach(async () => {
		await helper?.stop();
		await fail2ban?.stop();
	});

	async function startOn(options: Parameters<typeof startTestHelper>[1]): Promise<TestHelper> {
		const shipped = shippedFiles(release);
		fail2ban = await startFail2ban(release, { files: guideNode(release), start: false });
		helper = await startTestHelper(fail2ban, { ...options, seams: { packages: () => shipped } });
		return helper;
	}

	/** What is said of the guide's copy of the filter sshd. */
	async function copiedFilter({ call }: TestHelper): Promise<RepairFinding> {
		const { status, body } = await call('GET', '/repair');
		expect(status, JSON.stringify(body)).toBe(200);
		const found = body.data.findings.find(({ file }: RepairFinding) => file === 'filter.d/sshd.conf');
		expect(found).toBeDefined();
		return found;
	}

	it('is learned although a change that was cut short cannot be undone', async () => {
		// as a state folder on a damaged disk: what is in progress cannot be read
		const started = await startOn({
			before: (state) => mkdir(join(state, 'in-progress'), { recursive: true }),
		});
		await until(async () => started.log.some((line) => line.includes('at start: ')), 'the failed recovery');
		const found = await copiedFilter(started);
		expect(found.text).toContain('It misses every failed log-in');
		expect(found.state).toBe('critical');
	});

	it('is said not to be known where it decides, and learned from a server that answers', async () => {
		const started = await startOn({ run: withoutVersion });
		const unknown = await copiedFilter(started);
		expect(unknown.text).toContain("fail2ban's version is not known");
		expect(unknown.state).toBe('warning');
		expect(started.log.join('')).toContain('no module named fail2ban');

		await fail2ban?.start();
		expect((await started.call('GET', '/status')).body.data.version).toBe(release.version);
		const found = await copiedFilter(started);
		expect(found.text).toContain('It misses every failed log-in');
		expect(found.state).toBe('critical');
	});
});
