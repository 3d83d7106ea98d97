import '../globals.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/ui/kit/request.ts';
import { type Extra, guarded } from '../../../../src/ui/lockout/lockout.ts';

interface Question {
	message: string;
	buttonText: Record<string, string>;
	callback(button: string): void;
}

const asked: Question[] = [];
const ignored: object[] = [];
let press = 'cancel';

beforeEach(() => {
	asked.length = 0;
	ignored.length = 0;
	const page = globalThis as unknown as { Ext: object; Proxmox: { Utils: object } };
	Object.assign(page.Ext, {
		Msg: {
			show(question: Question) {
				asked.push(question);
				question.callback(press);
			},
		},
	});
	Object.assign(page.Proxmox.Utils, {
		API2Request({ method, params, success, failure }: Record<string, (response: object) => void>) {
			if (String(method) === 'POST') {
				ignored.push(params as object);
				success?.({ result: { data: {} } });
			} else {
				failure?.({ status: 501, htmlStatus: '' });
			}
		},
	});
});

const refusal: Failure = {
	status: 409,
	message: 'This bans 192.0.2.17, the address you use now, for 1 hour.',
	html: '',
	errors: { 'would-ban': '192.0.2.17,10.0.0.12' },
};

/** A call that is refused until it is forced or comes with the next digest. */
function refused(tried: Extra[]) {
	return async (extra: Extra): Promise<string> => {
		tried.push(extra);
		if (!extra.force && extra.digest !== 'next') throw refusal;
		return 'saved';
	};
}

describe('guarded', () => {
	it('asks nothing when the call is not refused', async () => {
		expect(await guarded({ node: 'pve1', call: async () => 'saved' })).toBe('saved');
		expect(asked).toEqual([]);
	});

	it('shows the words of the refusal, and does nothing more after Cancel', async () => {
		const tried: Extra[] = [];
		press = 'cancel';
		expect(await guarded({ node: 'pve1', call: refused(tried) })).toBeNull();
		expect(asked[0]?.message).toBe(refusal.message);
		expect(tried).toEqual([{}]);
	});

	it('forces a ban only on demand, and has no other way for it', async () => {
		const tried: Extra[] = [];
		press = 'yes';
		expect(await guarded({ node: 'pve1', call: refused(tried), anyway: 'Ban Anyway' })).toBe('saved');
		expect(asked[0]?.buttonText).toEqual({ yes: 'Ban Anyway', no: 'Cancel' });
		expect(tried).toEqual([{}, { force: true }]);
	});

	it('ignores the addresses in danger on the same digest, then saves on the next one', async () => {
		const tried: Extra[] = [];
		press = 'yes';
		const nextDigest = async () => 'next';
		const answer = await guarded({ node: 'pve1', digest: 'this', nextDigest, call: refused(tried) });
		expect(answer).toBe('saved');
		expect(ignored).toEqual([expect.objectContaining({ ip: '192.0.2.17,10.0.0.12', digest: 'this' })]);
		expect(tried).toEqual([{}, { digest: 'next' }]);
	});

	it('has the addresses ignored in the way of the call itself, and offers that once', async () => {
		const tried: Extra[] = [];
		press = 'yes';
		const call = async (extra: Extra) => {
			tried.push(extra);
			if (tried.length > 1) press = 'cancel';
			throw refusal;
		};
		const ignore = async (addresses: string[]) => ({ ignore: addresses.join(',') });
		expect(await guarded({ node: 'pve1', call, ignore })).toBeNull();
		expect(tried).toEqual([{}, { ignore: '192.0.2.17,10.0.0.12' }]);
		expect(asked.map(({ buttonText }) => Object.keys(buttonText).length)).toEqual([3, 2]);
		expect(ignored).toEqual([]);
	});

	it('passes on every other failure', async () => {
		const other: Failure = { ...refusal, errors: { bantime: 'Too long.' } };
		await expect(guarded({ node: 'pve1', call: async () => Promise.reject(other) })).rejects.toBe(other);
	});
});
