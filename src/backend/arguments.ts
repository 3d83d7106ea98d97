import { parseArgs } from 'node:util';
import type { Fail2banPlace } from './connectFail2ban.ts';

export interface HelperOptions extends Fail2banPlace {
	/** Path of the socket to listen on; null: the one that systemd passes in. */
	socket: string | null;
	/** Seconds without any call after which the helper ends; null: never. */
	idleExit: number | null;
	/** A folder that stands for `/` where the node's own files are looked at; default: the machine itself. */
	node?: string;
	/** Undo a change that was cut short, then end. */
	recover: boolean;
	/** Seconds in which a provisional change must be confirmed; default 60. */
	confirmWithin?: number;
}

export const usage = `Usage: helper [options]
  --socket PATH           listen here (default: the socket that systemd passes in)
  --fail2ban-config DIR   configuration folder (default: /etc/fail2ban); fail2ban is then started and stopped
                          by fail2ban-client instead of systemctl
  --fail2ban-socket PATH  socket of the fail2ban server (default: as configured)
  --fail2ban-bin DIR      folder of fail2ban-client and fail2ban-regex (default: from PATH)
  --state DIR             folder for changes and locks (default: /var/lib/pve-fail2ban)
  --node DIR              stands for / where the node's own files are looked at, beside --fail2ban-config
  --idle-exit SECONDS     end after this time without calls (default: never)
  --confirm-within SECONDS  undo a provisional change that is not confirmed in this time (default: 60)
  --recover               undo a change that was cut short, then end
`;

/** Throws an Error with one line for the user. */
export function parseOptions(args: string[]): HelperOptions {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args,
		options: {
			socket: text,
			'fail2ban-config': text,
			'fail2ban-socket': text,
			'fail2ban-bin': text,
			state: text,
			node: text,
			'idle-exit': text,
			'confirm-within': text,
			recover: { type: 'boolean', default: false },
		},
	});
	const idle = values['idle-exit'];
	if (idle !== undefined && !/^[1-9]\d{0,6}$/.test(idle))
		throw new Error('--idle-exit takes a whole number of seconds from 1 to 9999999');
	const confirm = values['confirm-within'];
	if (confirm !== undefined && !/^[1-9]\d{0,3}$/.test(confirm))
		throw new Error('--confirm-within takes a whole number of seconds from 1 to 9999');
	return {
		socket: values.socket ?? null,
		config: values['fail2ban-config'] ?? '/etc/fail2ban',
		fail2banSocket: values['fail2ban-socket'] ?? null,
		fail2banBin: values['fail2ban-bin'] ?? null,
		state: values.state ?? '/var/lib/pve-fail2ban',
		idleExit: idle === undefined ? null : Number(idle),
		privateFolder: values['fail2ban-config'] !== undefined,
		recover: values.recover === true,
		...(values.node === undefined ? {} : { node: values.node }),
		...(confirm === undefined ? {} : { confirmWithin: Number(confirm) }),
	};
}
