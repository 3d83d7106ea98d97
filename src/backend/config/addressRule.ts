import ipaddr from 'ipaddr.js';
import { type Message, msg } from '../kit/message.ts';

/** fail2ban splits at commas and white space. */
function splitAddresses(text: string): string[] {
	return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** Strict forms only: four decimal numbers without leading zeros, or IPv6 without a zone. */
function isAddress(text: string): boolean {
	if (/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return ipaddr.IPv4.isValid(text);
	return /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && ipaddr.IPv6.isValid(text);
}

/** An address or `address/length`. */
function isAddressOrNetwork(text: string): boolean {
	const [address = '', length, more] = text.split('/');
	if (more !== undefined || !isAddress(address)) return false;
	if (length === undefined) return true;
	return /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= (address.includes(':') ? 128 : 32);
}

/**
 * Why a list of addresses to ignore is refused, or null. No host names: fail2ban would look them up while it
 * holds up a ban; no `file:`, which makes it read what it is pointed at.
 */
export function addressFault(text: string): Message | null {
	const bad = splitAddresses(text).find((word) => !isAddressOrNetwork(word));
	return bad === undefined
		? null
		: msg("'{0}' is not a valid IP address or CIDR, such as 192.0.2.1 or 10.0.0.0/8.", bad);
}
