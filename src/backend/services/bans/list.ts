import type { BanRow } from '../../../contract/types.ts';
import { parseNetwork } from '../../addresses/addresses.ts';
import { invalidParams } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import type { BanCache } from './BanCache.ts';
import type { BanFilter, TableBan } from './BanTable.ts';

/** What a search box says: a network if it holds a slash, else part of an address. */
function banFilter(jail: string | undefined, search: string | undefined): BanFilter {
	const text = search?.trim() ?? '';
	if (!text.includes('/')) return { jail, part: text };
	const network = parseNetwork(text);
	if (network === null) throw invalidParams({ search: msg('Not a valid CIDR.') });
	return { jail, network };
}

/** @param now Unix seconds */
export function banRow({ ip, jail, since, until, bantime, count }: TableBan, now: number): BanRow {
	const remaining = until === null ? null : Math.max(0, until - now);
	return { id: `${jail}/${ip}`, ip, jail, since, until, bantime, remaining, count };
}

export function listBansService(cache: BanCache, now: () => number): Services['listBans'] {
	return async ({ params: { jail, search, start = 0, limit = 50, sort = 'since', dir } }) => {
		const filter = banFilter(jail, search);
		const table = await cache.table();
		const descending = (dir ?? (sort === 'since' ? 'DESC' : 'ASC')) === 'DESC';
		const found = table.find(filter, sort, descending);
		const time = Math.floor(now() / 1000);
		const page = found.subarray(start, start + limit);
		return { data: Array.from(page, (row) => banRow(table.row(row), time)), total: found.length };
	};
}
