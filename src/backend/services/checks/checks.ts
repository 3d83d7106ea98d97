import type { CheckRow } from '../../../contract/types.ts';
import { ServerError } from '../../fail2ban/Fail2banServer.ts';
import { invalidParams, reasonText } from '../../kit/errors.ts';
import { type Message, msg, told } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { within } from '../kit/within.ts';
import { CannotTell, type Check, type CheckResult } from './Check.ts';
import * as firewall from './enforcementChecks.ts';
import * as jail from './jailChecks.ts';
import * as logIn from './logInChecks.ts';
import * as pve from './pveChecks.ts';
import * as ssh from './sshCheck.ts';

export type CheckDeps = jail.JailCheckDeps &
	firewall.EnforcementCheckDeps &
	logIn.LogInCheckDeps &
	pve.PveCheckDeps &
	ssh.SshCheckDeps & {
		/** What is wrong with a configuration made by hand; null: nothing. */
		configuration: Check;
	};

/** How long one check may take (milliseconds). */
const checkWithinMs = 3000;

const order: Record<CheckRow['state'], number> = { critical: 0, warning: 1, unknown: 2, good: 3 };

/** What a check is about, for the line that says that it failed. */
const titles: Record<string, Message> = {
	service: msg('The service'),
	configuration: msg('The configuration'),
	'log-ins': msg('Which log-ins are watched'),
	matching: msg('Whether jails find failed log-ins'),
	enforced: msg('Whether bans are enforced'),
	'ban-action': msg('What a ban does'),
	filters: msg('The filters'),
	'cluster-ignored': msg("The cluster's addresses"),
	'real-addresses': msg('Where log-ins come from'),
	'purge-age': msg('How long bans are kept'),
	'pve-firewall': msg("Proxmox VE's firewall"),
	'ssh-log-in': msg('Log-in by SSH'),
	'second-factor': msg('Second factors'),
	'separate-networks': msg("The cluster's network"),
	'api-tokens': msg('API tokens'),
	'client-ignored': msg('Your address'),
};

function whyUnknown(error: unknown): Message {
	if (error instanceof CannotTell) return error.reason;
	if (error instanceof ServerError && error.code === 'not-running') return msg('fail2ban is not running.');
	const { code, path } = error as { code?: string; path?: string };
	if (code === 'ENOENT' && path !== undefined) return msg('{0} is not installed.', path);
	return reasonText(error);
}

function unknown(id: string, error: unknown): CheckResult {
	// TRANSLATORS: {0}: what is checked, e.g. "The service" or "Whether bans are enforced"
	const text = msg('{0} could not be checked: {1}', titles[id] ?? id, whyUnknown(error));
	return told({ state: 'unknown', text, hint: null, link: null });
}

async function result(id: string, check: Check): Promise<CheckResult | null> {
	let found: CheckResult | null = unknown(id, new CannotTell(msg('it took too long.')));
	const asking = (async () => {
		try {
			found = await check();
		} catch (error) {
			found = unknown(id, error);
		}
	})();
	await within(asking, checkWithinMs);
	return found;
}

/** All checks side by side, worst first; what is asked of fail2ban and of the system is bounded in time. */
export function checksServices(deps: CheckDeps): Pick<Services, 'getChecks'> {
	const checks: Record<string, Check> = {
		service: jail.service(deps),
		configuration: deps.configuration,
		'log-ins': logIn.watchedLogIns(deps),
		matching: logIn.matchingJails(deps),
		enforced: firewall.enforced(deps),
		'ban-action': firewall.effectiveActions(deps),
		filters: jail.checkFilters(deps),
		'cluster-ignored': jail.checkProtectedAddresses(deps),
		'real-addresses': logIn.realAddresses(deps),
		'purge-age': jail.checkPurgeAge(deps),
		'pve-firewall': pve.pveFirewall(deps),
		'ssh-log-in': ssh.sshLogIn(deps),
		'second-factor': pve.secondFactors(deps),
		'separate-networks': pve.separateNetworks(deps),
		'api-tokens': pve.apiTokens(deps),
	};
	return {
		async getChecks({ params, caller }) {
			const client = params.client ?? caller.clientIp;
			const all = { ...checks, 'client-ignored': jail.callerIgnored(deps, client) };
			const { id: only } = params;
			if (only !== undefined && !Object.hasOwn(all, only))
				throw invalidParams({
					id: msg("There is no check '{0}'; use one of {1}.", only, Object.keys(all).join(', ')),
				});
			const asked = Object.entries(all).filter(([id]) => only === undefined || id === only);
			const found = await Promise.all(
				asked.map(async ([id, check]) => ({ id, finding: await result(id, check) })),
			);
			const rows = found.flatMap(({ id, finding }) => (finding === null ? [] : [{ id, ...finding }]));
			return { data: rows.sort((a, b) => order[a.state] - order[b.state]) };
		},
	};
}
