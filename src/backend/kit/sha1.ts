import { createHash } from 'node:crypto';

/** SHA-1 in hexadecimal: tells one state from another, and secures nothing. */
export function sha1(content: string | Uint8Array): string {
	return createHash('sha1').update(content).digest('hex');
}
