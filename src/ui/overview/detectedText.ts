import { format } from '../kit/text.ts';

/** A failed log-in that a jail noticed. */
interface Detected {
	address: string;
	/** Empty or undefined: the log names none. */
	user: string | undefined;
	jail: string;
	/** How many there are of this address, and how many ban it. */
	times: string;
	maxretry: string | number | null;
	/** The jail ignores the address. */
	ignored: boolean;
}

/** `Detected: 192.0.2.50, user root@pam, jail proxmox (1 of 5).` */
export function detectedText({ address, user, jail, times, maxretry, ignored }: Detected): string {
	if (user) {
		return ignored
			? format(gettext('Detected: {0}, user {1}, jail {2} (ignored, not counted).'), address, user, jail)
			: format(
					gettext('Detected: {0}, user {1}, jail {2} ({3} of {4}).'),
					address,
					user,
					jail,
					times,
					maxretry,
				);
	}
	return ignored
		? format(gettext('Detected: {0}, jail {1} (ignored, not counted).'), address, jail)
		: format(gettext('Detected: {0}, jail {1} ({2} of {3}).'), address, jail, times, maxretry);
}
