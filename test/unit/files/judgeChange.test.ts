import { describe, expect, it } from 'vitest';
import type { DumpCommand } from '../../../src/backend/config/dump.ts';
import { dumpedJails } from '../../../src/backend/files/jailCommands.ts';
import {
	expressionFile,
	type Judgement,
	jailsToCompile,
	madeWorse,
	newlyRefused,
} from '../../../src/backend/files/judgeChange.ts';

function judged(exit: number, stderr: string, ...dump: DumpCommand[]): Judgement {
	return {
		test: { exit, signal: null, stdout: '', stderr, timedOut: false },
		dumped: dumpedJails(dump),
	};
}

const sshd: DumpCommand[] = [
	['add', 'sshd', 'polling'],
	['set', 'sshd', 'addlogpath', '/var/log/auth.log', 'head'],
	['set', 'sshd', 'addaction', 'nftables'],
];

describe('madeWorse', () => {
	it('accepts a change that keeps every jail', () => {
		expect(madeWorse(judged(0, '', ...sshd), judged(0, '', ...sshd))).toBeNull();
	});

	it('refuses a change that loses a jail, unless it is meant to', () => {
		expect(String(madeWorse(judged(0, '', ...sshd), judged(0, '')))).toBe("Jail 'sshd' would be lost.");
		expect(madeWorse(judged(0, '', ...sshd), judged(0, ''), ['sshd'])).toBeNull();
	});

	it('refuses a jail that follows no file and no journal', () => {
		const after = judged(255, '', ['add', 'sshd', 'polling'], ['set', 'sshd', 'addaction', 'nftables']);
		expect(String(madeWorse(judged(0, '', ...sshd), after))).toBe("No log file found for jail 'sshd'.");
		expect(madeWorse(after, after)).toBeNull();
	});

	it('refuses a jail without actions', () => {
		const after = judged(0, '', ...sshd.slice(0, 2));
		expect(String(madeWorse(judged(0, '', ...sshd), after))).toMatch(/no action/);
	});

	it('refuses a jail that would no longer look for anything', () => {
		const looking = judged(0, '', ...sshd, ['set', 'sshd', 'addfailregex', 'x <HOST>']);
		const blind = judged(0, '', ...sshd);
		expect(String(madeWorse(looking, blind))).toMatch(/no failregex/);
		// a jail for bans by hand has none
		expect(madeWorse(blind, blind)).toBeNull();
	});

	it('refuses a jail that fail2ban would skip', () => {
		const after = judged(0, '', ...sshd, ['config-error', "Jail 'x' skipped"]);
		expect(String(madeWorse(judged(0, '', ...sshd), after))).toBe("Jail 'x' skipped");
	});
});

describe('newlyRefused', () => {
	const stderr = '2026-11-22 14:43:39,844 fail2ban [1]: ERROR   Failed during configuration: bad value\n';
	const refused = judged(255, stderr, ...sshd);
	const accepted = judged(0, '', ...sshd);

	it('tells a new error of fail2ban in its own words', async () => {
		expect(await newlyRefused(refused, async () => accepted.test)).toEqual('bad value');
	});

	it('does not ask that a fault of before is repaired', async () => {
		expect(await newlyRefused(refused, async () => refused.test)).toBeNull();
	});

	it('does not ask how it was before when all is well', async () => {
		const asked = async () => {
			throw new Error('asked in vain');
		};
		expect(await newlyRefused(accepted, asked)).toBeNull();
	});
});

describe('expressionFile', () => {
	const jail = (expression: string) => [
		...dumpedJails([
			['add', 'j', 'polling'],
			['multi-set', 'j', 'addfailregex', [expression, 'b']],
		]).jails.values(),
	];

	it('writes what means the same expression and nothing to the INI parser', () => {
		const [commands] = jail('#a ;b%c\nd');
		expect(commands && expressionFile(commands)).toBe(
			'[Definition]\nfailregex = \\x23a\\x20;b%%c\\nd\n\tb\n',
		);
	});

	it('is made for jails that are new or have other expressions', () => {
		const before = dumpedJails([
			['add', 'j', 'polling'],
			['set', 'j', 'addfailregex', 'a'],
		]);
		const after = dumpedJails([
			['add', 'j', 'polling'],
			['set', 'j', 'addfailregex', 'b'],
		]);
		expect(jailsToCompile(before, before)).toEqual([]);
		expect(jailsToCompile(before, after).map(({ jail: name }) => name)).toEqual(['j']);
	});
});
