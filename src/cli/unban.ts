import type { Endpoints, ParamsOf } from '../contract/index.ts';
import { type Console, type ExitCode, printable } from './kit/Console.ts';
import type { HelperClient } from './kit/HelperClient.ts';
import type { Command } from './parseCommand.ts';

type Unban = Extract<Command, { name: 'unban' }>;
type Params = ParamsOf<Endpoints['deleteBans']>;

/** Addresses in one call: they travel in its first line, and Node takes 16 KiB with all headers. */
const addressesAtOnce = 200;

/** Lifts bans by the API and says how many. */
export async function unban(helper: HelperClient, console: Console, command: Unban): Promise<ExitCode> {
	let lifted = 0;
	// a task has told its own number
	let told = false;
	for (const params of unbanCalls(command)) {
		const answer = await helper.call('deleteBans', params, (line) => console.out(printable(line)));
		if ('data' in answer) lifted += answer.data.unbanned;
		else told = true;
	}
	if (lifted > 0) console.out(lifted === 1 ? '1 ban is lifted.' : `${lifted} bans are lifted.`);
	else if (!told) console.out('No ban was found.');
	return 0;
}

/** The calls that it takes: one for the addresses, and one for each network. */
export function unbanCalls({ addresses, jail, all }: Unban): Params[] {
	if (all) return [{ all: true }];
	const where = jail === null ? {} : { jail };
	if (addresses.length === 0) return [where];
	const single = addresses.filter((address) => !address.includes('/'));
	const calls: Params[] = [];
	for (let at = 0; at < single.length; at += addressesAtOnce)
		calls.push({ ip: single.slice(at, at + addressesAtOnce).join(','), ...where });
	for (const cidr of addresses.filter((address) => address.includes('/'))) calls.push({ cidr, ...where });
	return calls;
}
