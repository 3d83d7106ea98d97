import '../globals.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { type Failure, request } from '../../../../src/ui/kit/request.ts';

interface Call {
	url: string;
	method: string;
	params: object | undefined;
	success(response: unknown): void;
	failure(response: unknown): void;
}

const calls: Call[] = [];
const page = globalThis as unknown as { Proxmox: { Utils: { API2Request?: (call: Call) => void } } };
page.Proxmox.Utils.API2Request = (call) => calls.push(call);

afterEach(() => {
	calls.length = 0;
});

describe('request', () => {
	it('sends true and false as 1 and 0, and leaves out what is undefined', async () => {
		const answer = request('PUT', '/x', { enabled: false, force: true, client: undefined });
		expect(calls[0]).toMatchObject({ url: '/x', method: 'PUT', params: { enabled: 0, force: 1 } });
		calls[0]?.success({ result: { data: 'done' } });
		expect(await answer).toBe('done');
	});

	it('puts the parameters of a DELETE into the address', () => {
		void request('DELETE', '/bans', { ip: '2001:db8::1', jail: 'sshd' });
		expect(calls[0]).toMatchObject({ url: '/bans?ip=2001%3Adb8%3A%3A1&jail=sshd', params: undefined });
	});

	it('rejects with status, message and errors of the answer', async () => {
		const answer = request('GET', '/x');
		const result = { status: 409, message: 'No', errors: { 'would-ban': '192.0.2.1' } };
		calls[0]?.failure({ status: 200, htmlStatus: 'No (409)', result });
		const failure: Failure = { status: 409, message: 'No', html: 'No (409)', errors: result.errors };
		await expect(answer).rejects.toEqual(failure);
	});
});
