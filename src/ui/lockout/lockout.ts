import { addressesIn } from '../kit/address.ts';
import type { Failure } from '../kit/request.ts';
import { encode } from '../kit/text.ts';
import { addIgnore } from './calls.ts';

/** What is added to the parameters of a call when it is made again. */
export interface Extra {
	force?: boolean;
	digest?: string;
	/** Of the wizard, which has an ignore list of its own. */
	ignore?: string;
}

export interface Guarded<T> {
	node: string;
	/** Makes the call; `extra` goes over its own parameters. */
	call: (extra: Extra) => Promise<T>;
	/**
	 * For a change of the configuration: its digest, and how to get the next one. With it the addresses in
	 * danger can be ignored first, which changes the files.
	 */
	digest?: string | undefined;
	nextDigest?: () => Promise<string | undefined>;
	/** Has the addresses ignored in another way; answers what the call is then made with. */
	ignore?: (addresses: string[]) => Promise<Extra>;
	/** The button that insists; the default is Save Anyway. */
	anyway?: string;
}

type Choice = 'ignore' | 'force' | 'cancel';

function ask(message: Encoded, anyway: string, canIgnore: boolean): Promise<Choice> {
	return new Promise((resolve) => {
		// The order of the buttons is ExtJS's own: yes, no, cancel.
		const [first, second]: Choice[] = canIgnore ? ['ignore', 'force'] : ['force', 'cancel'];
		Ext.Msg.show({
			title: gettext('Warning'),
			icon: Ext.Msg.WARNING,
			message,
			buttons: canIgnore ? Ext.Msg.YESNOCANCEL : Ext.Msg.YESNO,
			buttonText: canIgnore
				? { yes: gettext('Add to Ignore List and Save'), no: anyway, cancel: gettext('Cancel') }
				: { yes: anyway, no: gettext('Cancel') },
			defaultFocus: canIgnore ? 'yes' : 'no',
			callback: (button) =>
				resolve((button === 'yes' ? first : button === 'no' ? second : 'cancel') as Choice),
		});
	});
}

/** The server's words: a whole sentence in `would-ban`, or just the addresses there and the message beside. */
function warning(failure: Failure): Encoded {
	const detail = failure.errors['would-ban'] ?? '';
	const onlyAddresses = detail.replace(/[\s,]/g, '') === addressesIn(detail).join('');
	return encode(onlyAddresses ? failure.message || detail : detail);
}

/** Puts addresses on the ignore list of all jails, in a change of its own. */
async function ignoreFirst(
	{ node, nextDigest }: Pick<Guarded<unknown>, 'node' | 'nextDigest'>,
	digest: string | undefined,
	addresses: string[],
): Promise<Extra> {
	await addIgnore(node, {
		ip: addresses.join(','),
		comment: gettext('Added by the lockout guard'),
		...(digest !== undefined && { digest }),
	});
	const next = await nextDigest?.();
	return next === undefined ? {} : { digest: next };
}

/**
 * Makes a call that the lockout guard may refuse, and asks what to do then. Null: the user gave up. Rejects
 * with the `Failure` of any other refusal.
 */
export async function guarded<T>(options: Guarded<T>): Promise<T | null> {
	const { call, nextDigest, anyway = gettext('Save Anyway') } = options;
	let extra: Extra = {};
	const ignore =
		options.ignore ??
		(nextDigest && ((addresses) => ignoreFirst(options, extra.digest ?? options.digest, addresses)));
	const offered = new Set<string>();
	for (;;) {
		try {
			return await call(extra);
		} catch (thrown) {
			const failure = thrown as Failure;
			const danger = failure.errors?.['would-ban'] ?? failure.errors?.['refuses-start'];
			if (danger === undefined) {
				throw failure;
			}
			const addresses = addressesIn(danger);
			// What was ignored and is in danger all the same is ignored by no further try.
			const helps = addresses.some((address) => !offered.has(address));
			const choice = await ask(warning(failure), anyway, ignore !== undefined && helps);
			if (choice === 'cancel') {
				return null;
			}
			if (choice === 'force' || !ignore) {
				extra = { ...extra, force: true };
			} else {
				for (const address of addresses) {
					offered.add(address);
				}
				extra = { ...extra, ...(await ignore([...offered])) };
			}
		}
	}
}
