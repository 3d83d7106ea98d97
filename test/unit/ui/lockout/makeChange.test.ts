import { beforeEach, expect, it, vi } from 'vitest';
import '../globals.ts';

const shown: string[] = [];
let ended: () => void = () => undefined;
vi.mock('../../../../src/ui/kit/task.ts', () => ({
	showTask: (upid: string, done: () => void) => {
		shown.push(upid);
		ended = done;
	},
}));
const confirmed: string[] = [];
vi.mock('../../../../src/ui/kit/provisional.ts', () => ({
	confirmTask: (node: string) => confirmed.push(`task on ${node}`),
	confirmProvisional: (node: string, change: { id: string } | null | undefined) =>
		confirmed.push(`${change?.id ?? 'nothing'} on ${node}`),
	expectProvisional: () => undefined,
	forgetProvisional: () => undefined,
}));
const { makeChange } = await import('../../../../src/ui/lockout/makeChange.ts');
const { taskOf } = await import('../../../../src/ui/kit/api.ts');

const upid = 'UPID:pve1:00000001:00000002:00000003:f2brepair::root@pam:';
const make = (answer: unknown) =>
	makeChange({ node: 'pve1', call: async () => answer, done: () => undefined } as never);

beforeEach(() => {
	shown.length = 0;
	confirmed.length = 0;
});

it.each([
	['its UPID', upid],
	['an object with it', { upid }],
])('shows the task of a call that answers %s, and confirms what it made', async (_what, answer) => {
	expect(await make(answer)).toBe(true);
	expect([shown, confirmed]).toEqual([[upid], []]);
	ended();
	expect(confirmed).toEqual(['task on pve1']);
});

it('confirms a change that is made at once', async () => {
	await make({ id: 'c', provisional: { id: 'c' } });
	expect([shown, confirmed]).toEqual([[], ['c on pve1']]);
});

it('takes nothing else for a task', () => {
	expect([null, undefined, '', 'done', {}, { upid: 3 }].map(taskOf)).toEqual(Array(6).fill(undefined));
});
