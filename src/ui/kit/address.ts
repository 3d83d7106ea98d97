function isIpv4(text: string): boolean {
	const parts = text.split('.');
	return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

function isIpv6(text: string): boolean {
	const halves = text.split('::');
	if (halves.length > 2) {
		return false;
	}
	let groups = 0;
	for (const [at, half] of halves.entries()) {
		const parts = half === '' ? [] : half.split(':');
		for (const [index, part] of parts.entries()) {
			const last = at === halves.length - 1 && index === parts.length - 1;
			if (last && part.includes('.') && isIpv4(part)) {
				groups += 2;
			} else if (/^[0-9a-f]{1,4}$/i.test(part)) {
				groups += 1;
			} else {
				return false;
			}
		}
	}
	return halves.length === 2 ? groups < 8 : groups === 8;
}

/** Whether the text is an IPv4 or IPv6 address, without zone and prefix. */
export function isAddress(text: string): boolean {
	return text.includes(':') ? isIpv6(text) : isIpv4(text);
}

/** Whether the text is a network, `address/bits`. */
export function isCidr(text: string): boolean {
	const [address = '', bits = '', ...rest] = text.split('/');
	const widest = address.includes(':') ? 128 : 32;
	return (
		rest.length === 0 && isAddress(address) && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= widest
	);
}

/** What stands between blanks, commas and line breaks. */
export function splitList(text: string): string[] {
	return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** The addresses named in a sentence, each once. */
export function addressesIn(text: string): string[] {
	const words = text.split(/[\s,;()']+/).map((word) => word.replace(/[.:]+$/, ''));
	return [...new Set(words.filter(isAddress))];
}

/** Packs entries into comma separated lists of at most `limit` characters, to keep each URL short. */
export function packList(entries: string[], limit: number): string[] {
	const lists: string[] = [];
	for (const entry of entries) {
		const last = lists.at(-1);
		if (last !== undefined && last.length + entry.length < limit) {
			lists[lists.length - 1] = `${last},${entry}`;
		} else {
			lists.push(entry);
		}
	}
	return lists;
}
