import type { BanOfJail, BanRow } from '../../contract/types.ts';
import { getBan, unban } from '../lib/api.ts';
import { showFailure } from '../lib/failure.ts';
import type { Failure, Waits } from '../lib/request.ts';
import { showTask } from '../lib/task.ts';
import { count, formatHtml, plural } from '../lib/text.ts';
import { shortTime } from '../lib/time.ts';
import { type Answer, askWithBox } from './AskWithBox.ts';

/** A list that names everything, so that nobody guesses what is meant. */
function banned(jails: string[]): Encoded {
	const text = plural(jails.length, 'It is banned by jail {1}.', 'It is banned by {0} jails: {1}.');
	return formatHtml(text, jails.length, jails.join(', '));
}

/** What follows an unban while log-ins go on to fail; empty: none fails. */
function comesAgain(bans: BanOfJail[]): Encoded {
	const last = Math.max(...bans.map(({ lastFailure }) => lastFailure ?? 0));
	const text = gettext(
		'It failed to log in {0} ago: if that goes on, it is banned again. Use Ignore to prevent that for good.',
	);
	const ago = shortTime(Math.floor(Date.now() / 1000) - last);
	return last > 0 ? `<br><br><b>${formatHtml(text, ago)}</b>` : '';
}

type Banned = Pick<BanRow, 'ip' | 'jail'>;

async function question(node: string, rows: Banned[], waits: Waits): Promise<Answer> {
	const [first] = rows;
	const addresses = new Set(rows.map(({ ip }) => ip));
	const inOneJail = new Set(rows.map(({ jail }) => jail)).size === 1 ? first?.jail : undefined;
	const box = inOneJail === undefined ? undefined : formatHtml(gettext("Only in jail '{0}'"), inOneJail);
	if (addresses.size === 1) {
		const { jails: bans } = await getBan(node, (first as Banned).ip, waits);
		const jails = bans.map(({ jail }) => jail);
		const text = formatHtml(gettext('Unban {0}? It can connect again at once.'), (first as Banned).ip);
		const several = jails.length > 1;
		return askWithBox(
			[text, ...(several ? [banned(jails)] : []), comesAgain(bans)].join(' '),
			several ? box : undefined,
		);
	}
	const text = gettext(
		'Unban {0} addresses? They can connect again at once, whatever jail bans them. Those that go on failing are banned again; Ignore prevents that.',
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
			const tasks = await unban(node, ips, ticked ? rows[0]?.jail : undefined, waits);
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
