import { describe, expect, it } from 'vitest';
import { type Check, checks } from '../../../src/cli/doctor/checks.ts';
import { checkLines, doctor } from '../../../src/cli/doctor/doctor.ts';
import type { Probes } from '../../../src/cli/doctor/Probes.ts';
import type { Problem, Status } from '../../../src/contract/types.ts';

const status = { 'plugin-version': '0.1.0', problems: [] as Problem[] } as unknown as Status;

const healthy: Probes = {
	service: async () => 'active',
	server: async () => 'running',
	serverSocket: '/f.sock',
	fail2banVersion: async () => '1.1.0',
	helper: async () => ({ reached: true, status }),
	helperSocket: '/h.sock',
	apiDefinitions: async () => 'readable',
	panel: async () => 'readable',
	mount: async () => 'mounted',
	page: async () => ({ served: true, hasScript: true }),
	journal: async () => null,
	isInProgress: () => false,
	nodeVersion: '20.19.2',
	pluginVersion: '0.1.0',
};

/** What is not ok when one thing is otherwise. */
async function faults(over: Partial<Probes>): Promise<Check[]> {
	return (await checks({ ...healthy, ...over })).filter(({ state }) => state !== 'ok');
}

describe('checks', () => {
	it('is content with a healthy node, and looks at every part', async () => {
		expect(await faults({})).toEqual([]);
		const parts = (await checks(healthy)).map(({ part }) => part);
		expect(parts).toEqual([
			'fail2ban',
			'versions',
			'journal',
			'helper',
			'changes',
			'api.json',
			'panel',
			'API',
			'web interface',
		]);
	});

	const cases: [string, Partial<Probes>, Partial<Check>][] = [
		[
			'fail2ban is not running',
			{ service: async () => 'failed', server: async () => 'stopped' },
			{ state: 'error', part: 'fail2ban', advice: expect.stringContaining('systemctl start fail2ban') },
		],
		[
			'the socket is gone though fail2ban runs',
			{ server: async () => 'stopped' },
			{ state: 'error', part: 'fail2ban', found: expect.stringContaining('is active, but nobody listens') },
		],
		[
			'fail2ban hangs',
			{ server: async () => 'frozen' },
			{ state: 'error', part: 'fail2ban', advice: expect.stringContaining('systemctl restart fail2ban') },
		],
		[
			'fail2ban-client is missing',
			{ fail2banVersion: async () => null },
			{ state: 'error', part: 'fail2ban-client' },
		],
		[
			'fail2ban is too old',
			{ fail2banVersion: async () => '0.11.2' },
			{ state: 'warning', part: 'versions', found: expect.stringContaining('0.11.2') },
		],
		['Node is too old', { nodeVersion: '16.20.2' }, { state: 'error', part: 'versions' }],
		[
			'the helper is out of reach',
			{ helper: async () => ({ reached: false, reason: 'connect ENOENT' }) },
			{
				state: 'error',
				part: 'helper',
				advice: expect.stringContaining('systemctl restart pve-fail2ban.socket'),
			},
		],
		[
			'the helper is from before an upgrade',
			{ helper: async () => ({ reached: true, status: { ...status, 'plugin-version': '0.0.9' } }) },
			{ state: 'warning', part: 'versions', advice: expect.stringContaining('try-restart') },
		],
		[
			'a jail enforces nothing',
			{
				helper: async () => ({
					reached: true,
					status: {
						...status,
						problems: [{ id: 'jail-not-enforcing', severity: 'error', text: 'sshd enforces nothing' }],
					},
				}),
			},
			{ state: 'error', part: 'jails', found: 'sshd enforces nothing' },
		],
		['api.json is missing', { apiDefinitions: async () => 'missing' }, { state: 'error', part: 'api.json' }],
		[
			'api.json is damaged',
			{ apiDefinitions: async () => 'damaged' },
			{ state: 'error', part: 'api.json', advice: expect.stringContaining('--reinstall') },
		],
		['the panel is missing', { panel: async () => 'missing' }, { state: 'error', part: 'panel' }],
		[
			'the API is not mounted',
			{ mount: async () => ({ missing: "No 'get' handler defined" }) },
			{ state: 'error', part: 'API', advice: expect.stringContaining('journalctl -u pvedaemon') },
		],
		[
			'the API is mounted and fails',
			{ mount: async () => ({ failed: 'The pve-fail2ban helper does not answer.' }) },
			{ state: 'error', part: 'API', found: expect.stringContaining('is there, but fails') },
		],
		['there is no pvesh', { mount: async () => 'no-pvesh' }, { state: 'warning', part: 'API' }],
		[
			'the page does not load the panel',
			{ page: async () => ({ served: true, hasScript: false }) },
			{ state: 'error', part: 'web interface' },
		],
		[
			'pveproxy is not running',
			{ page: async () => ({ served: false, reason: 'ECONNREFUSED' }) },
			{ state: 'warning', part: 'web interface', advice: expect.stringContaining('pveproxy') },
		],
		[
			'the journal cannot be read',
			{ journal: async () => 'it is empty' },
			{ state: 'warning', part: 'journal' },
		],
		[
			'a change was cut short',
			{ isInProgress: () => true },
			{ state: 'warning', part: 'changes', advice: expect.stringContaining('pve-fail2ban rescue undo') },
		],
	];

	it.each(cases)('says what to do when %s', async (_what, over, fault) => {
		const found = await faults(over);
		expect(found).toHaveLength(1);
		expect(found[0]).toMatchObject({ advice: expect.stringMatching(/./), ...fault });
	});

	it('tells once that fail2ban is not running, though the helper says so too', async () => {
		const problems: Problem[] = [{ id: 'not-running', severity: 'error', text: 'fail2ban is not running.' }];
		const found = await faults({
			server: async () => 'stopped',
			service: async () => 'inactive',
			helper: async () => ({ reached: true, status: { ...status, problems } }),
		});
		expect(found.map(({ part }) => part)).toEqual(['fail2ban']);
	});
});

describe('doctor', () => {
	const run = async (over: Partial<Probes>) => {
		const lines: string[] = [];
		const exit = await doctor(
			{ ...healthy, ...over },
			{ out: (line) => lines.push(line), err: (line) => lines.push(line) },
		);
		return { exit, last: lines.at(-1) };
	};

	it('exits with 1 for an error, not for a warning', async () => {
		expect(await run({})).toEqual({ exit: 0, last: '0 errors, 0 warnings' });
		expect(await run({ isInProgress: () => true })).toEqual({ exit: 0, last: '0 errors, 1 warning' });
		expect(await run({ panel: async () => 'missing' })).toEqual({ exit: 1, last: '1 error, 0 warnings' });
	});

	it('puts what to do below what it found', () => {
		expect(
			checkLines([
				{ state: 'ok', part: 'helper', found: 'answers' },
				{ state: 'error', part: 'API', found: 'is not there', advice: 'reload' },
			]),
		).toEqual([
			'ok       helper  answers',
			'error    API     is not there',
			'                 -> reload',
			'1 error, 0 warnings',
		]);
	});
});
