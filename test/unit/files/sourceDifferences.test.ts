import { describe, expect, it } from 'vitest';
import type { Fail2banServer } from '../../../src/backend/fail2ban/Fail2banServer.ts';
import type { JailCommands } from '../../../src/backend/files/jailCommands.ts';
import { sameDatePattern, sourceDifferences } from '../../../src/backend/files/sourceDifferences.ts';

const ours = [null, 'Default Detectors'];

/** What fail2ban 1.0.2 and 1.1.0 answer after each pattern was set. */
const told: [configured: string | null, running: (string | null)[] | null][] = [
	[null, ours],
	[null, null],
	['', ours],
	['{^LN-BEG}', ours],
	['{default}', ours],
	['^[^\\[]*\\[({DATE})\n{^LN-BEG}', ours],
	['{^LN-BEG}Epoch\n{^LN-BEG}', ours],
	['%Y-%m-%d %H:%M:%S', ['%Y-%m-%d %H:%M:%S', 'Year-Month-Day 24hour:Minute:Second']],
	['{^LN-BEG}%b %d', ['{^LN-BEG}%b %d', '{^LN-BEG}MON Day']],
	['  %H ', ['%H', '24hour']],
	['%H\n%Y', ['%H', '24hour']],
	['%H\n%Y', ['%Y', 'Year']],
	['{NONE}', ['{UNB}^', '^']],
	['EPOCH', [null, 'Epoch']],
	['lepoch', [null, 'LongEpoch']],
	['{^LN-BEG}EPOCH', [null, '{^LN-BEG}Epoch']],
	['TAI64N', [null, 'TAI64N']],
	['Default Detectors', ['default detectors', 'default detectors']],
];

describe('a date pattern that runs', () => {
	it.each(told)('is the one configured: %j', (configured, running) => {
		expect(sameDatePattern(configured, running)).toBe(true);
	});

	it.each([
		['%Y', ours],
		['%Y', ['%y', 'Year2']],
		['%Y', null],
		[null, ['%Y', 'Year']],
		['{^LN-BEG}', ['%Y', 'Year']],
		['%Y', [null, 'Epoch']],
		['EPOCH', ours],
		['EPOCH', ['%Y', 'Year']],
		['{NONE}', ours],
	])('is another one than %j', (configured, running) => {
		expect(sameDatePattern(configured, running)).toBe(false);
	});
});

describe('the backend of a running jail', () => {
	/** Of one jail; the answers to datepattern, maxlines, logtimezone, logpath, journalmatch. */
	const differences = (backend: string, logpath: string[], journalmatch: string[][]) => {
		const answers = [ours, 1, null, logpath, journalmatch];
		const server = { pipeline: async () => answers } as unknown as Fail2banServer;
		return sourceDifferences(server, [{ jail: 'sshd', backend, settings: new Map() } as JailCommands], 1000);
	};

	it.each([
		['auto', ['/var/log/auth.log'], []],
		['polling', ['/var/log/auth.log'], []],
		['systemd[journalflags=1]', [], [['_SYSTEMD_UNIT=ssh.service']]],
		// it may just be starting
		['systemd', [], []],
		['auto', [], []],
	])('is as configured: %s', async (backend, logpath, journalmatch) => {
		expect(await differences(backend, logpath, journalmatch)).toEqual([]);
	});

	it('is told where files are read instead of the journal, and the other way round', async () => {
		expect(await differences('systemd', ['/var/log/auth.log'], [])).toEqual([
			{ jail: 'sshd', option: 'backend', running: 'files', configured: 'systemd' },
		]);
		expect(await differences('polling', [], [['_COMM=sshd']])).toEqual([
			{ jail: 'sshd', option: 'backend', running: 'systemd', configured: 'polling' },
		]);
	});
});
