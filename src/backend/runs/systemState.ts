import type { RunCommand } from '../fail2ban/Fail2banCommands.ts';

const callOptions = { timeout: 2500 };

/** What systemd says of starting fail2ban.service at boot, e.g. `enabled`; null on a private folder. */
export function createBootState(run: RunCommand, privateFolder: boolean): () => Promise<string | null> {
	return async () => {
		if (privateFolder) return null;
		const { stdout, stderr } = await run('systemctl', ['is-enabled', 'fail2ban.service'], callOptions);
		// exit 1 says "disabled", and is no failure
		const state = stdout.trim();
		if (state === '') throw new Error(`systemctl is-enabled: ${stderr.trim()}`);
		return state;
	};
}

/** The settings that the SSH daemon makes of its files. Throws Error with what it says. */
export function createSshdSettings(run: RunCommand): () => Promise<string> {
	return async () => {
		const { exit, stdout, stderr } = await run('/usr/sbin/sshd', ['-T'], callOptions);
		if (exit !== 0) throw new Error(`sshd -T: ${stderr.trim() || `exit ${exit}`}`);
		return stdout;
	};
}
