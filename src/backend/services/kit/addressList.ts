import { formatNetwork, type Network, parseNetwork, splitList } from '../../addresses/addresses.ts';
import { invalidParams } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';

/** The addresses and networks of a list, each once. Throws ApiError 400 that names every bad entry. */
export function parseAddressList(list: string, param = 'ip'): Network[] {
	const entries = splitList(list);
	if (entries.length === 0) throw invalidParams({ [param]: msg('An address is required.') });
	const parsed = entries.map((entry) => ({ entry, network: parseNetwork(entry) }));
	const bad = parsed.filter(({ network }) => network === null).map(({ entry }) => `'${entry}'`);
	if (bad.length > 0) throw invalidParams({ [param]: msg('Not a valid IP address: {0}.', bad.join(', ')) });
	const unique = new Map(
		parsed.map(({ network }) => [formatNetwork(network as Network), network as Network]),
	);
	return [...unique.values()];
}
