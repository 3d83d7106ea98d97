import { enumerate, type Message, msg } from '../../kit/message.ts';
import type { ReadText } from '../../system/SystemFiles.ts';
import { firstValues, readSshdConfig, type SshdConfig } from '../../system/sshdConfig.ts';
import { CannotTell, type Check, good, issue } from './Check.ts';
import { sshdSettings } from './pveFiles.ts';

export interface SshCheckDeps {
	readText: ReadText;
	/** Names in a folder; empty if there is none. */
	listFolder: (folder: string) => string[];
	/** What `sshd -T` prints. Throws Error. */
	sshd: () => Promise<string>;
}

/** What sshd does without a line; it prints its own in `sshd -T`. */
const usual = new Map([
	['permitrootlogin', 'prohibit-password'],
	['passwordauthentication', 'yes'],
	['kbdinteractiveauthentication', 'yes'],
	['usepam', 'yes'],
	['authenticationmethods', 'any'],
]);

/** Names that a later release of OpenSSH gave another name. */
const oldNames: Record<string, string> = {
	kbdinteractiveauthentication: 'challengeresponseauthentication',
};

/** How root may log in by SSH, as the daemon itself reads its files, and in which Match blocks otherwise. */
export function sshLogIn(deps: SshCheckDeps): Check {
	return async () => {
		const files = readFiles(deps);
		const settings = await effective(deps, files);
		const everywhere = logIns([settings]);
		if (everywhere.root)
			return issue(
				'warning',
				msg('root may log in by SSH with a password.'),
				msg(
					"Set 'PermitRootLogin prohibit-password' in /etc/ssh/sshd_config.d; the cluster needs its keys, not the password.",
				),
			);
		if (everywhere.passwords)
			return issue(
				'warning',
				msg('SSH accepts passwords from users other than root.'),
				msg(
					"Set 'PasswordAuthentication no' and 'KbdInteractiveAuthentication no' in /etc/ssh/sshd_config.d once your keys work.",
				),
			);
		if (files instanceof Error) throw files;
		const open = files.matches.filter((match) => logIns([firstValues(match.lines), settings]).passwords);
		if (open.length === 0) return good(msg('SSH accepts keys only.'));
		return issue(
			'warning',
			msg(
				'SSH accepts passwords where {0} applies.',
				enumerate(open.map(({ criteria }) => `'Match ${criteria}'`)),
			),
			msg('Remove what these blocks allow from /etc/ssh/sshd_config and its includes.'),
		);
	};
}

function readFiles({ readText, listFolder }: SshCheckDeps): SshdConfig | Error {
	try {
		const fault = (message: Message) => {
			throw new CannotTell(message);
		};
		return readSshdConfig({ readText, list: listFolder, fault });
	} catch (error) {
		return error as Error;
	}
}

/** As sshd says; from its files where it cannot be asked. */
async function effective({ sshd }: SshCheckDeps, files: SshdConfig | Error): Promise<Map<string, string>> {
	try {
		return sshdSettings(await sshd());
	} catch (error) {
		if (files instanceof Error) throw error;
		return firstValues(files.global);
	}
}

/** Who may log in with a password alone, by the first of these settings that says so. */
function logIns(settings: readonly Map<string, string>[]): { root: boolean; passwords: boolean } {
	const value = (name: string) => {
		const found = settings.map((each) => each.get(name) ?? each.get(oldNames[name] ?? '')).find(Boolean);
		return (found ?? usual.get(name) ?? '').toLowerCase();
	};
	const byPam = value('usepam') !== 'no' && value('kbdinteractiveauthentication') !== 'no';
	// each alternative asks for a key as well
	const keyed = value('authenticationmethods')
		.split(/\s+/)
		.every((list) => list.split(',').some((method) => /^(?:publickey|hostbased|gssapi)/.test(method)));
	const passwords = !keyed && (value('passwordauthentication') !== 'no' || byPam);
	return { root: passwords && value('permitrootlogin') === 'yes', passwords };
}
