import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { type PrivateFail2ban, type Release, startFail2ban } from './fail2ban.ts';
import { startTestHelper, type TestHelper } from './helper.ts';
import { createNetNamespace, type NetNamespace } from './netNamespace.ts';

/** A real fail2ban whose bans go into the firewall of a network namespace of its own, where the helper looks, too. */
export interface FirewalledNode {
	net: NetNamespace;
	fail2ban: PrivateFail2ban;
	helper: TestHelper;
	close(): Promise<void>;
}

const firewallPrograms = /^(?:nft|ip6?tables(?:-restore)?|ipset)$/;

/**
 * @param jails text of the file with the jails; there are no others
 */
export async function startFirewalledNode(
	release: Release,
	jails: string,
	files: Readonly<Record<string, string>> = {},
): Promise<FirewalledNode> {
	const net = await createNetNamespace();
	let fail2ban: PrivateFail2ban | undefined;
	try {
		fail2ban = await startFail2ban(await net.inside(release), {
			files: { 'jail.d/firewall.local': jails, 'jail.d/defaults-debian.conf': '', ...files },
		});
		const helper = await startTestHelper(fail2ban, {
			run: (program, ...rest) =>
				firewallPrograms.test(program) ? net.run(program, ...rest) : runCommand(program, ...rest),
		});
		const started = fail2ban;
		const close = async () => {
			await helper.stop();
			await started.stop();
			await net.close();
		};
		return { net, fail2ban, helper, close };
	} catch (error) {
		await fail2ban?.stop();
		await net.close();
		throw error;
	}
}
