import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failedLogInLine } from '../support/failedLogIns.ts';
import { fingerprint } from '../support/helper.ts';
import { buttonOf, retype, rowOf } from './support/openPage.ts';
import { type Panel, startPanel, type View } from './support/panel.ts';

const mine = '192.0.2.17';
const confirmations = /\/changes\/[^/]+\/confirm/;

let panel: Panel;
/** The page that makes the changes, and one that only looks on. */
let view: View;
let other: View;
let before: Record<string, string>;

beforeAll(async () => {
	// long enough for what the tests do meanwhile on a busy machine
	panel = await startPanel({ confirmWithin: 30 });
	const lines = [50, 40, 30].map((age) => failedLogInLine(mine, age)).join('');
	appendFileSync(join(panel.dir, 'logs/auth.log'), lines);
	before = await fingerprint(panel.config);
	view = await panel.open({ client: mine });
	other = await panel.open();
	await view.openCard('fail2ban-jails');
	await other.openCard('fail2ban');
});
afterAll(() => panel?.close());

const lost = (route: Route) => route.abort('connectionrefused');
const top = () => view.page.locator('.x-window:visible').last();
const press = (text: string, { page } = view) => buttonOf(page, text).last().click();
const maxretry = async () => (await panel.fail2banClient('get', 'sshd', 'maxretry')).stdout.trim();

/** A change over the caller's own address, on the page that loses its confirmations from then on. */
async function change(): Promise<void> {
	const { page } = view;
	await page.context().route(confirmations, lost);
	await rowOf(page, 'sshd').dblclick();
	await top()
		.getByText(/jail\.conf:\d+/)
		.first()
		.waitFor();
	await retype(page.locator('.x-window [name="maxretry"]'), '2');
	await press('OK');
	await press('Save Anyway');
	await top().getByText('Checking the Connection').waitFor();
	expect(await maxretry()).toBe('2');
}

const told = () => other.page.getByText(/A change by root@pam is awaiting confirmation \(\d+ s\)\./);

const restored = async () => {
	await expect.poll(() => fingerprint(panel.config)).toEqual(before);
	await expect.poll(maxretry).toBe('5');
};

test('undoes what the page could not confirm, and says so', async () => {
	await change();
	await top()
		.getByText('The node did not answer. The old configuration was restored and new bans were lifted.')
		.waitFor({ timeout: 90_000 });
	await restored();
	await press('Close');
	await rowOf(view.page, 'sshd').getByText('5', { exact: true }).waitFor();
});

test('takes the change back at once on demand', async () => {
	await change();
	await press('Revert Now');
	await restored();
	await view.page.locator('.x-window:visible').waitFor({ state: 'detached' });
	// its buttons are for the change that it has heard of last
	await told().waitFor({ state: 'hidden' });
});

test('tells other pages, where the change can be reverted', async () => {
	await change();
	await told().waitFor();
	expect(await other.page.locator('.x-window:visible').count()).toBe(0);
	await press('Revert', other);
	await restored();
	await told().waitFor({ state: 'hidden' });
	await view.page.context().unroute(confirmations, lost);
	await top().getByText('This change is no longer awaiting confirmation').waitFor();
	await press('Close');
});

test('or kept', async () => {
	await change();
	await press('Keep', other);
	await told().waitFor({ state: 'hidden' });
	await view.page.context().unroute(confirmations, lost);
	await top().getByText('This change is no longer awaiting confirmation').waitFor();
	await press('Close');
	expect(await maxretry()).toBe('2');
});

test('has caused no error but the lost calls, and asks nothing more after the tab is left', async () => {
	expect(await view.callsAfterLeaving()).toEqual([]);
	expect(view.errors.filter((error) => !/ERR_CONNECTION_REFUSED/.test(error))).toEqual([]);
	expect(other.errors).toEqual([]);
});
