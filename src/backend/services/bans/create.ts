import { formatNetwork, isWide, type Network } from '../../addresses/addresses.ts';
import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';
import { durationWords } from '../../kit/durations.ts';
import { ApiError, invalidParams, refusal } from '../../kit/errors.ts';
import type { Log } from '../../kit/journalLog.ts';
import { enumerate, msg, sentences } from '../../kit/message.ts';
import type { SystemAddress } from '../../system/systemAddresses.ts';
import { parseAddressList } from '../kit/addressList.ts';
import { audit } from '../kit/audit.ts';
import type { Services } from '../kit/call.ts';
import { wouldBan, wouldBanError } from '../lockout/lockoutGuard.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { chunkSize } from './unban.ts';

/** Networks that the caller may not ban, or not without force. Throws ApiError. */
function refuseWideNetworks(networks: readonly Network[], root: boolean, force: boolean): void {
	const wide = networks.filter(isWide).map(formatNetwork);
	if (wide.length === 0 || (root && force)) return;
	const message = msg('Wider than /24 (IPv6: /48): {0}.', enumerate(wide));
	if (root) throw refusal(409, 'too-wide', 'ip', message);
	const only = sentences([message, msg('Only root@pam may ban so many addresses.')]);
	throw new ApiError(403, 'root-only', only, { ip: message });
}

export interface CreateBansDeps {
	server: Fail2banServer;
	figures: ServerFigures;
	systemAddresses: () => Promise<SystemAddress[]>;
	/** See NewBans. */
	bannedByHand: (jail: string, addresses: readonly string[]) => void;
	log: Log;
}

async function jailBantime(server: Fail2banServer, jail: string): Promise<number> {
	const answer = await server.command(['get', jail, 'bantime']);
	return typeof answer === 'number' ? answer : Number.NaN;
}

export function createBansService({
	server,
	figures,
	systemAddresses,
	bannedByHand,
	log,
}: CreateBansDeps): Services['createBans'] {
	return async ({ params: { ip, jail, client, force = false }, caller }) => {
		const networks = parseAddressList(ip);
		refuseWideNetworks(networks, caller.root, force);
		const running = await server.jails();
		if (!running.includes(jail)) throw invalidParams({ jail: msg("Jail '{0}' is not running.", jail) });
		const guarded = { clients: [client, caller.clientIp], system: await systemAddresses() };
		const harmed = wouldBan(networks, guarded);
		if (harmed.length > 0 && !force) {
			const bantime = await jailBantime(server, jail);
			throw wouldBanError(harmed, Number.isNaN(bantime) ? msg('from now on') : durationWords(bantime));
		}
		const addresses = networks.map(formatNetwork);
		let banned = 0;
		bannedByHand(jail, addresses);
		try {
			for (let at = 0; at < addresses.length; at += chunkSize) {
				const chunk = addresses.slice(at, at + chunkSize);
				banned += await server.ban(jail, chunk);
			}
		} finally {
			figures.changed();
			audit(log, {
				caller,
				what: `ban in jail ${jail}`,
				to: addresses.join(' '),
				forced: force && harmed.length > 0,
			});
		}
		return { data: { banned, already: Math.max(0, addresses.length - banned) } };
	};
}
