import { addressesIn } from './address.ts';
import { addIgnore } from './api.ts';
import type { Failure } from './request.ts';
import { encode } from './text.ts';

/** What is added to the parameters of a call when it is made again. */
export interface Extra {
	force?: boolean;
	digest?: string;
}

interface Guarded<T> {
	node: string;
	/** Makes the call; `extra` goes over its own parameters. */
	call: (extra: Extra) => Promise<T>;
	/**
	 * For a change of the configuration: its digest, and how to get the next one. With it the addresses in
	 * danger can be ignored first, which changes the files.
	 */
	digest?: string;
	nextDigest?: () => Promise<string>;
}

type Choice = 'ignore' | 'force' | 'cancel';

function ask(message: Encoded, canIgnore: boolean): Promise<Choice> {
	return new Promise((resolve) => {
		// The order of the buttons is ExtJS's own: yes, no, cancel.
		const choices: Record<string, Choice> = canIgnore ? { yes: 'ignore', no: 'force' } : { yes: 'force' };
		Ext.Msg.show({
			title: gettext('Warning'),
			icon: Ext.Msg.WARNING,
			message,
			buttons: canIgnore ? Ext.Msg.YESNOCANCEL : Ext.Msg.YESNO,
			buttonText: canIgnore
				? {
						yes: gettext('Add to Ignore List and Save'),
						no: gettext('Save Anyway'),
						cancel: gettext('Cancel'),
					}
				: { yes: gettext('Ban Anyway'), no: gettext('Cancel') },
			defaultFocus: canIgnore ? 'yes' : 'no',
			callback: (button) => resolve(choices[button] ?? 'cancel'),
		});
	});
}

/** The server's words: a whole sentence in `would-ban`, or just the addresses there and the message beside. */
function warning(failure: Failure): Encoded {
	const detail = failure.errors['would-ban'] ?? '';
	const onlyAddresses = detail.replace(/[\s,]/g, '') === addressesIn(detail).join('');
	return encode(onlyAddresses ? failure.message || detail : detail);
}

/**
 * Makes a call that the lockout guard may refuse, and asks what to do then. Null: the user gave up. Rejects
 * with the `Failure` of any other refusal.
 */
export async function guarded<T>(options: Guarded<T>): Promise<T | null> {
	const { node, call, digest, nextDigest } = options;
	try {
		return await call({});
	} catch (thrown) {
		const failure = thrown as Failure;
		const danger = failure.errors?.['would-ban'];
		if (danger === undefined) {
			throw failure;
		}
		const addresses = addressesIn(danger);
		const choice = await ask(warning(failure), nextDigest !== undefined && addresses.length > 0);
		if (choice === 'cancel') {
			return null;
		}
		if (choice === 'force' || !nextDigest) {
			return call({ force: true });
		}
		await addIgnore(node, {
			ip: addresses.join(','),
			comment: gettext('Added by the lockout guard'),
			...(digest !== undefined && { digest }),
		});
		return call({ digest: await nextDigest() });
	}
}
