import { parseNetwork, tooWideToIgnore } from '../../addresses/addresses.ts';
import { ApiError } from '../../kit/errors.ts';
import { enumerate, type Message, msg, sentences } from '../../kit/message.ts';
import { entryKey } from './ignoreLines.ts';

/** Entries of an ignore list that hold a good part of the Internet, besides those that it has already. */
export function wideEntries(entries: readonly string[], known: readonly string[] = []): string[] {
	const keys = new Set(known.map(entryKey));
	return entries.filter((entry) => {
		const network = parseNetwork(entry);
		return network !== null && tooWideToIgnore(network) && !keys.has(entryKey(entry));
	});
}

/**
 * An ignore list that contains a good part of the Internet exempts it from bans, so it must be forced. Throws
 * ApiError 409 `too-wide` unless it is forced, 403 where only root@pam may force it.
 * @param param the parameter that holds the entries; null: none does
 */
export function refuseTooWide(
	wide: readonly string[],
	param: string | null,
	{ force, root = true }: { force: boolean; root?: boolean },
): void {
	if (wide.length === 0 || (root && force)) return;
	const message = msg('This would exempt {0} from bans entirely.', enumerate(wide));
	const errors = (text: Message) => (param === null ? undefined : { [param]: text });
	if (root) throw new ApiError(409, 'too-wide', message, errors(message));
	const only = sentences([message, msg('Only root@pam may ignore so many addresses.')]);
	throw new ApiError(403, 'root-only', only, errors(only));
}
