import { escapeRegExp } from '../kit/patterns.ts';
/** What a firewall holds, as its programs list it. Nothing here does I/O. */
export interface Listing {
	/** Single addresses, as the firewall writes them. */
	singles: ReadonlySet<string>;
	/** Networks (`10.0.0.0/8`) and ranges (`10.0.0.1-10.0.0.9`). */
	wide: readonly string[];
	/** It can hold no network: a ban of one is not enforced. */
	singlesOnly: boolean;
}

/** The elements of the one set that `nft -j list set` prints. Throws SyntaxError for anything else. */
export function nftListing(text: string): Listing {
	const { nftables } = JSON.parse(text) as { nftables?: { set?: NftSet }[] };
	const set = nftables?.find((entry) => entry.set !== undefined)?.set;
	if (set === undefined) throw new SyntaxError('nft listed no set.');
	const singles = new Set<string>();
	const wide: string[] = [];
	for (const element of set.elem ?? []) {
		const value = elementText(element);
		if (value === null) continue;
		if (/[/-]/.test(value)) wide.push(value);
		else singles.add(value);
	}
	return { singles, wide, singlesOnly: !(set.flags ?? []).includes('interval') };
}

interface NftSet {
	flags?: string[];
	elem?: NftElement[];
}

type NftElement =
	| string
	| { prefix?: { addr: string; len: number }; range?: [string, string]; elem?: { val?: NftElement } };

function elementText(element: NftElement): string | null {
	if (typeof element === 'string') return element;
	if (element.prefix) return `${element.prefix.addr}/${element.prefix.len}`;
	if (element.range) return element.range.join('-');
	// with a time-out or a comment
	return element.elem?.val === undefined ? null : elementText(element.elem.val);
}

/**
 * The sources that a chain turns away, as `iptables -S CHAIN` prints it. Rules behind one that lets everybody leave
 * the chain do nothing.
 */
export function chainListing(text: string, chain: string): Listing {
	const singles = new Set<string>();
	const wide: string[] = [];
	const rule = `-A ${chain} -s `;
	const leave = new RegExp(`^-A ${escapeRegExp(chain)} -j (?:RETURN|ACCEPT)\\s*$`);
	for (const line of eachLine(text)) {
		if (leave.test(line)) break;
		if (!line.startsWith(rule)) continue;
		const end = line.indexOf(' ', rule.length);
		const source = line.slice(rule.length, end);
		if (end < 0 || !/^ -j (?!RETURN\b|ACCEPT\b)/.test(line.slice(end))) continue;
		const single = /^(.*)\/(?:32|128)$/.exec(source);
		// an IPv6 network of 32 bits is no single address
		if (single !== null && source.endsWith(source.includes(':') ? '/128' : '/32'))
			singles.add(single[1] ?? '');
		else wide.push(source);
	}
	return { singles, wide, singlesOnly: false };
}

/** The members that `ipset list SET` prints. Throws SyntaxError for anything else. */
export function ipsetListing(text: string): Listing {
	const singles = new Set<string>();
	const wide: string[] = [];
	let members = false;
	let type = '';
	for (const line of eachLine(text)) {
		if (!members) {
			type ||= /^Type: (\S+)/.exec(line)?.[1] ?? '';
			members = line.startsWith('Members:');
			continue;
		}
		const member = line.split(' ', 1)[0] ?? '';
		if (/[/-]/.test(member)) wide.push(member);
		else if (member !== '') singles.add(member);
	}
	if (!members) throw new SyntaxError('ipset listed no members.');
	return { singles, wide, singlesOnly: !type.includes('net') };
}

/** Without an array of all lines, since chains are long. */
function* eachLine(text: string): Generator<string> {
	for (let at = 0; at < text.length; ) {
		const end = text.indexOf('\n', at);
		yield end < 0 ? text.slice(at) : text.slice(at, end);
		at = end < 0 ? text.length : end + 1;
	}
}
