import type { BanDetail, BanRow } from '../../contract/types.ts';
import { type Answer, base, type Params, write } from '../kit/api.ts';
import { request, type Waits } from '../kit/request.ts';

/** Every jail that bans the address, network or text. */
export async function jailsBanning(node: string, ip: string, waits?: Waits): Promise<string[]> {
	// a search with a slash is for what lies in a network
	const params: Params<'listBans'> = { search: ip.split('/')[0] ?? '', limit: 1000 };
	const rows = await request<BanRow[]>('GET', `${base(node)}/bans`, params, waits);
	return rows.filter((row) => row.ip === ip).map((row) => row.jail);
}

/** An address, or a network, whose slash no path can hold. */
export function getBan(node: string, ip: string, waits?: Waits): Promise<BanDetail> {
	return request('GET', `${base(node)}/bans/${encodeURIComponent(ip.replace('/', '_'))}`, {}, waits);
}

export function createBans(
	node: string,
	params: Omit<Params<'createBans'>, 'client'>,
	waits?: Waits,
): Promise<Answer<'createBans'>> {
	return write('POST', `${base(node)}/bans`, params, waits);
}
