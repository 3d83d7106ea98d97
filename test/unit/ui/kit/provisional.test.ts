import { beforeEach, describe, expect, it, vi } from 'vitest';
import '../globals.ts';

const opened: string[] = [];
vi.mock('../../../../src/ui/kit/inWindows.ts', () => ({
	inWindows: (use: (windows: object) => void) =>
		use({ checkConnection: (node: string, { id }: { id: string }) => opened.push(`${node} ${id}`) }),
}));
let answer: () => Promise<object>;
vi.mock('../../../../src/ui/kit/calls.ts', () => ({ getStatus: () => answer() }));
const { confirmProvisional, confirmTask, expectProvisional, forgetProvisional } = await import(
	'../../../../src/ui/kit/provisional.ts'
);

beforeEach(() => {
	opened.length = 0;
	Object.assign((globalThis as unknown as { Ext: object }).Ext, { emptyFn: () => {} });
});

describe('a change that waits is confirmed', () => {
	const waits = (id: string) => ({ id, seconds: 60 });

	it('by the page that makes it, and by no other page of the same user', () => {
		confirmProvisional('pve1', waits('of another page'));
		expectProvisional('pve1');
		confirmProvisional('pve2', waits('on another node'));
		confirmProvisional('pve1', null);
		confirmProvisional('pve1', waits('its own'));
		expect(opened).toEqual(['pve1 its own']);
	});

	it('not by a page whose own change is over', () => {
		expectProvisional('pve1');
		confirmProvisional('pve1', waits('first'));
		confirmProvisional('pve1', waits('of another page'));
		expectProvisional('pve1');
		forgetProvisional('pve1');
		confirmProvisional('pve1', waits('of another page'));
		expect(opened).toEqual(['pve1 first']);
	});

	it('at the end of its task, unless another user made it, and no later one then', async () => {
		expectProvisional('pve1');
		answer = async () => ({ provisional: { ...waits('of somebody else'), user: 'other@pve' } });
		await confirmTask('pve1');
		answer = async () => ({ provisional: { ...waits('its own'), user: 'root@pam' } });
		await confirmTask('pve1');
		expect(opened).toEqual([]);
		expectProvisional('pve1');
		await confirmTask('pve1');
		confirmProvisional('pve1', waits('of another page'));
		expect(opened).toEqual(['pve1 its own']);
	});

	it('later, when the status could not be read at the end of its task', async () => {
		expectProvisional('pve1');
		answer = async () => {
			throw new Error('no connection');
		};
		await confirmTask('pve1');
		confirmProvisional('pve1', waits('its own'));
		expect(opened).toEqual(['pve1 its own']);
	});
});
