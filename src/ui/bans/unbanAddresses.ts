import type { BanRow } from '../../contract/types.ts';
import { type Answer, askWithBox } from '../kit/AskWithBox.ts';
import { deleteBans } from '../kit/calls.ts';
import { showFailure } from '../kit/failure.ts';
import type { Failure, Waits } from '../kit/request.ts';
import { showTask } from '../kit/task.ts';
import { count, formatHtml, plural } from '../kit/text.ts';
import { shortTime } from '../kit/time.ts';
import { getBan, jailsBanning } from './calls.ts';

/** A list that names everything, so that nobody guesses what is meant. */
function banned(jails: string[]): Encoded {
	const text = plural(jails.length, 'It is banned by jail {1}.', 'It is banned by {0} jails: {1}.');
	return formatHtml(text, jails.length, jails.join(', '));
}

/** Milliseconds that the question waits for its hint, so that it seldom grows under the pointer. */
const hintWithinMs = 700;

/** When the address last failed to log in, from logs and the firewall; 0: it did not, or it is not an address. */
function lastFailure(node: string, ip: string): Promise<number> {
	return getBan(node, ip).then(
		({ jails }) => Math.max(0, ...jails.map((ban) => ban['last-failure'] ?? 0)),
		// only the hint is missing then
		() => 0,
	);
}

/** What follows an unban while log-ins go on to fail; empty: none fails. */
function comesAgain(last: number): Encoded {
	const text = gettext(
		'Its last failed log-in was {0} ago. If it keeps failing, it will be banned again. Use Ignore to prevent this.',
	);
	const ago = shortTime(Math.floor(Date.now() / 1000) - last);
	return last > 0 ? `<br>${formatHtml(text, ago)}` : '';
}

type Banned = Pick<BanRow, 'ip' | 'jail'>;

async function question(node: string, rows: Banned[], waits: Waits): Promise<Answer> {
	const [first] = rows;
	const addresses = new Set(rows.map(({ ip }) => ip));
	const inOneJail = new Set(rows.map(({ jail }) => jail)).size === 1 ? first?.jail : undefined;
	const box = inOneJail === undefined ? undefined : formatHtml(gettext("Only in jail '{0}'"), inOneJail);
	if (addresses.size === 1) {
		const { ip } = first as Banned;
		const hint = lastFailure(node, ip).then(comesAgain);
		const soon = Promise.race([hint, new Promise((resolve) => setTimeout(resolve, hintWithinMs))]);
		const [jails] = await Promise.all([jailsBanning(node, ip, waits), soon]);
		const text = formatHtml(gettext('Unban {0}? It can connect again immediately.'), ip);
		const several = jails.length > 1;
		return askWithBox([text, ...(several ? [banned(jails)] : [])].join(' '), several ? box : undefined, hint);
	}
	const text = plural(
		addresses.size,
		'Unban {0} address? It can connect again immediately, whichever jail bans it. If it keeps failing, it is banned again; Ignore prevents that.',
		'Unban {0} addresses? They can connect again immediately, whichever jail bans them. Those that keep failing are banned again; Ignore prevents that.',
	);
	return askWithBox(formatHtml(text, count(addresses.size)), box);
}

/** Asks and unbans the addresses of the rows, in all jails unless the box says otherwise. */
export function unbanAddresses(node: string, rows: Banned[], done: () => void, waits: Waits): void {
	question(node, rows, waits)
		.then(async ({ yes, ticked }) => {
			if (!yes) {
				return;
			}
			const ips = [...new Set(rows.map(({ ip }) => ip))];
			const tasks = await deleteBans(node, { ips, ...(ticked && rows[0] && { jail: rows[0].jail }) }, waits);
			for (const task of tasks) {
				showTask(task, done);
			}
			done();
		})
		.catch((failure: Failure) => {
			showFailure(failure, node);
			done();
		});
}
