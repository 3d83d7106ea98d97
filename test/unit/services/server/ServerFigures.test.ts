import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerError } from '../../../../src/backend/fail2ban/Fail2banServer.ts';
import { ServerFigures } from '../../../../src/backend/services/server/ServerFigures.ts';
import { FakeServer } from '../support/FakeServer.ts';

const process = { pid: 77, startedAt: 1000 };

beforeEach(() => void vi.useFakeTimers({ now: 5_000_000 }));
afterEach(() => void vi.useRealTimers());

function figuresOf(server: FakeServer): ServerFigures {
	return new ServerFigures(server, () => process, Date.now);
}

describe('ServerFigures', () => {
	it('reads jails, counters and settings', async () => {
		const { figures, stale } = await figuresOf(new FakeServer({ sshd: ['192.0.2.1'] })).read();
		expect(stale).toBeNull();
		expect(figures).toMatchObject({ running: true, process, version: '1.1.0', loglevel: 'INFO' });
		expect(figures.jails).toMatchObject([{ jail: 'sshd', banned: 1 }]);
	});

	it('asks for the settings once for each server', async () => {
		const server = new FakeServer({ sshd: [] });
		const figures = figuresOf(server);
		await figures.read();
		await figures.read();
		expect(server.asked.filter((words) => words === 'version')).toHaveLength(1);
		figures.changed();
		await figures.read();
		expect(server.asked.filter((words) => words === 'version')).toHaveLength(2);
	});

	it('tells a server that is not running from one that does not answer', async () => {
		const server = new FakeServer({ sshd: [] });
		const figures = figuresOf(server);
		await figures.read();
		server.failure = new ServerError('not-running', 'no socket');
		expect(await figures.read()).toMatchObject({ stale: null, figures: { running: false, jails: [] } });
	});

	it('answers the last good figures after 0.8 s while the server hangs, and asks it only once', async () => {
		const server = new FakeServer({ sshd: ['192.0.2.1'] });
		const figures = figuresOf(server);
		await figures.read();
		let thaw = () => {};
		server.hang = new Promise((resolve) => {
			thaw = resolve;
		});
		const asks = vi.spyOn(server, 'jails');
		vi.setSystemTime(5_010_000);
		const late = [figures.read(), figures.read()];
		await vi.advanceTimersByTimeAsync(800);
		for (const reading of await Promise.all(late)) {
			expect(reading).toMatchObject({ stale: 5_000_000, failure: { code: 'timeout' } });
			expect(reading.figures.jails).toMatchObject([{ banned: 1 }]);
		}
		expect(asks).toHaveBeenCalledTimes(1);
		server.hang = null;
		thaw();
		await vi.advanceTimersByTimeAsync(0);
		expect(await figures.read()).toMatchObject({ stale: null });
	});

	it('does not take an answer from before a change for a new one', async () => {
		const server = new FakeServer({ sshd: ['192.0.2.1'] });
		const figures = figuresOf(server);
		let thaw = () => {};
		server.hang = new Promise((resolve) => {
			thaw = resolve;
		});
		const before = figures.read();
		server.hang = null;
		server.banned.set('sshd', []);
		figures.changed();
		const after = await figures.read();
		thaw();
		await before;
		expect(after.figures.jails).toMatchObject([{ banned: 0 }]);
	});
});
