import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Caller } from '../kit/caller.ts';
import { ApiError } from '../kit/errors.ts';
import { msg } from '../kit/message.ts';

/** user@realm, or user@realm!token. */
const userid = /^[^\s:/@!]{1,64}@[A-Za-z][A-Za-z0-9._-]{1,31}(?:![A-Za-z][A-Za-z0-9._-]{1,127})?$/;

/** Who calls, as the API module says by header. Throws ApiError 403: without it nobody is let in. */
export function readCaller(headers: IncomingHttpHeaders): Caller {
	const user = headers['x-pve-user'];
	if (typeof user !== 'string' || !userid.test(user))
		throw new ApiError(403, 'no-user', msg('The header x-pve-user is missing or does not name a user.'));
	const ip = headers['x-pve-client-ip'];
	return {
		user,
		root: user === 'root@pam',
		syslog: headers['x-pve-syslog'] === '1',
		clientIp: typeof ip === 'string' && isIP(ip) !== 0 ? ip : null,
	};
}
