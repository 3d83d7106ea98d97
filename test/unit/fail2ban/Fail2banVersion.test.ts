import { describe, expect, it } from 'vitest';
import { Fail2banVersion } from '../../../src/backend/fail2ban/Fail2banVersion.ts';

describe('fail2ban’s version', () => {
	/** @param replies what the client says, one each time that it is asked */
	function versionOf(replies: (string | Error)[]) {
		const failures: string[] = [];
		let asked = 0;
		const ask = async () => {
			asked++;
			const reply = replies.shift();
			if (typeof reply === 'string') return reply;
			throw reply ?? new Error('asked too often');
		};
		const version = new Fail2banVersion(ask, (reason) => failures.push(reason));
		return { version, failures, asked: () => asked };
	}

	it('is not known until it was asked for, and is asked for once', async () => {
		const { version, asked } = versionOf(['1.1.0']);
		expect(version.known()).toBeNull();
		expect(await Promise.all([version.learn(), version.learn()])).toEqual(['1.1.0', '1.1.0']);
		expect([version.known(), await version.learn(), asked()]).toEqual(['1.1.0', '1.1.0', 1]);
	});

	it('stays not known where the client fails, says so, and is asked for again', async () => {
		const { version, failures } = versionOf([new Error('no module named fail2ban'), '1.1.0']);
		expect([await version.learn(), version.known()]).toEqual([null, null]);
		expect(failures).toEqual(["fail2ban's version is not known: no module named fail2ban"]);
		expect(await version.learn()).toBe('1.1.0');
	});

	it('takes what a server says of itself, but not over the client', async () => {
		const { version } = versionOf([new Error('too slow')]);
		await version.learn();
		version.heard('1.0.2');
		expect(version.known()).toBe('1.0.2');

		const other = versionOf(['1.1.0']).version;
		await other.learn();
		other.heard('1.0.2');
		expect(other.known()).toBe('1.1.0');
	});
});
