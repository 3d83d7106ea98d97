import { beforeEach, describe, expect, it, vi } from 'vitest';
import './globals.ts';

const opened: string[] = [];
vi.mock('../../../src/ui/lib/windows.ts', () => ({
	inWindows: (use: (windows: object) => void) =>
		use({ checkConnection: (node: string, { id }: { id: string }) => opened.push(`${node} ${id}`) }),
}));
const { confirmProvisional, expectProvisional, forgetProvisional } = await import(
	'../../../src/ui/lib/provisional.ts'
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
});
