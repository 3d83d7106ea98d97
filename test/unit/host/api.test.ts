import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mountApi } from '../../host/server/api.ts';
import { HostTasks } from '../../host/server/HostTasks.ts';
import { Sessions } from '../../host/server/Sessions.ts';

interface Asked {
	method: string;
	url: string;
	user: unknown;
	body: string;
}

let dir: string;
let helper: Server;
let host: Server;
let base: string;
let asked: Asked[];
let answer: { status: number; type: string; body: string };

beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), 'pve-fail2ban-host-'));
	const helperSocket = join(dir, 'helper.sock');
	helper = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) {
			body += chunk;
		}
		const { method = '', url = '' } = request;
		asked.push({ method, url, user: request.headers['x-pve-user'], body });
		response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
	});
	await new Promise<void>((resolve) => {
		helper.listen(helperSocket, resolve);
	});
	const app = express().set('query parser', 'simple');
	const sessions = new Sessions('secret');
	mountApi(app, { helperSocket, sessions, tasks: new HostTasks(), onLoginFailure: () => {} });
	host = await new Promise((resolve) => {
		const server = app.listen(0, '127.0.0.1', () => resolve(server));
	});
	base = `http://127.0.0.1:${(host.address() as AddressInfo).port}/api2`;
});

afterAll(() => {
	host.close();
	host.closeAllConnections();
	helper.close();
	rmSync(dir, { recursive: true });
});

beforeEach(() => {
	asked = [];
	answer = { status: 200, type: 'application/json', body: '{"data":[],"total":0}' };
});

interface LogIn {
	ticket: string;
	CSRFPreventionToken: string;
	cap: { nodes: object };
}

async function logIn(username: string, password = 'secret'): Promise<LogIn> {
	const body = new URLSearchParams({ username, password });
	const response = await fetch(`${base}/json/access/ticket`, { method: 'POST', body });
	return (await response.json()).data;
}

async function call(user: string, method: string, path: string, body?: Record<string, string>) {
	const { ticket, CSRFPreventionToken } = await logIn(user);
	const headers = { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, CSRFPreventionToken };
	const response = await fetch(base + path, {
		method,
		headers,
		...(body && { body: new URLSearchParams(body) }),
	});
	const text = await response.text();
	return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text };
}

const fail2ban = '/nodes/pve1/fail2ban';

test('a wrong password and an unknown user are both refused with 401', async () => {
	for (const [username, password] of [
		['root@pam', 'wrong'],
		['stranger@pam', 'secret'],
	] as const) {
		const body = new URLSearchParams({ username, password });
		expect((await fetch(`${base}/json/access/ticket`, { method: 'POST', body })).status).toBe(401);
	}
});

test('a ticket renews itself, but only for its own user', async () => {
	const { ticket } = await logIn('audit@pve');
	expect((await logIn('audit@pve', ticket)).cap.nodes).toEqual({ 'Sys.Audit': 1 });
	const body = new URLSearchParams({ username: 'root@pam', password: ticket });
	expect((await fetch(`${base}/json/access/ticket`, { method: 'POST', body })).status).toBe(401);
});

test('a call without a ticket, or a write without the CSRF token, never reaches the helper', async () => {
	expect((await fetch(`${base}/json${fail2ban}/jails`)).status).toBe(401);
	const { ticket } = await logIn('root@pam');
	const headers = { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
	const write = await fetch(`${base}/extjs${fail2ban}/bans?all=1`, { method: 'DELETE', headers });
	expect(write.status).toBe(401);
	expect(asked).toEqual([]);
});

test('a call goes to the helper with the user and its parameters as strings', async () => {
	await call('admin@pve', 'GET', `/json${fail2ban}/bans?start=0&limit=50&_dc=1`);
	await call('admin@pve', 'PUT', `/extjs${fail2ban}/jails/sshd`, { bantime: '2h', maxretry: '5' });
	expect(asked).toEqual([
		{ method: 'GET', url: '/bans?start=0&limit=50', user: 'admin@pve', body: '' },
		{ method: 'PUT', url: '/jails/sshd', user: 'admin@pve', body: '{"bantime":"2h","maxretry":"5"}' },
	]);
});

test('privileges are those that the contract names for the endpoint', async () => {
	expect((await call('nobody@pve', 'GET', `/json${fail2ban}/jails`)).status).toBe(403);
	expect((await call('audit@pve', 'GET', `/json${fail2ban}/jails`)).status).toBe(200);
	expect((await call('audit@pve', 'PUT', `/json${fail2ban}/jails/sshd`, { bantime: '2h' })).status).toBe(403);
	expect(asked).toHaveLength(1);
});

test('a parameter that the contract does not name is an error of its name', async () => {
	const { status, json } = await call('root@pam', 'GET', `/json${fail2ban}/bans?colour=red`);
	expect(status).toBe(400);
	expect(json.errors).toHaveProperty('colour');
	expect(asked).toEqual([]);
});

test('the helper’s error is a status to json and a 200 with success 0 to extjs', async () => {
	const error = { code: 'invalid', message: 'bantime: no time', errors: { bantime: 'no time' } };
	answer = { status: 400, type: 'application/json', body: JSON.stringify({ error }) };
	const plain = await call('root@pam', 'PUT', `/json${fail2ban}/jails/sshd`, { bantime: 'x' });
	expect(plain).toMatchObject({ status: 400, json: { message: error.message, errors: error.errors } });
	const extjs = await call('root@pam', 'PUT', `/extjs${fail2ban}/jails/sshd`, { bantime: 'x' });
	expect(extjs).toMatchObject({ status: 200, json: { success: 0, status: 400, errors: error.errors } });
});

test('a 401 of the helper does not log the user out', async () => {
	const body = JSON.stringify({ error: { code: 'odd', message: 'odd' } });
	answer = { status: 401, type: 'application/json', body };
	expect((await call('root@pam', 'GET', `/json${fail2ban}/jails`)).status).toBe(500);
});

test('lines of a task become a UPID with a log and an exit status', async () => {
	const lines = ['{"line":"one"}', '{"line":"two"}', '{"exit":{"error":"no luck"}}', ''].join('\n');
	answer = { status: 200, type: 'application/x-ndjson', body: lines };
	const { json } = await call('root@pam', 'POST', `/extjs${fail2ban}/service`, { command: 'reload' });
	expect(json.data).toMatch(/^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:f2breload::root@pam:$/);
	const task = `/json/nodes/pve1/tasks/${encodeURIComponent(json.data)}`;
	await expect
		.poll(async () => (await call('root@pam', 'GET', `${task}/status`)).json.data)
		.toMatchObject({ status: 'stopped', exitstatus: 'no luck', type: 'f2breload', user: 'root@pam' });
	expect((await call('root@pam', 'GET', `${task}/log`)).json).toEqual({
		data: [
			{ n: 1, t: 'one' },
			{ n: 2, t: 'two' },
			{ n: 3, t: 'TASK ERROR: no luck' },
		],
		total: 3,
	});
});

test('another node is not reachable', async () => {
	expect((await call('root@pam', 'GET', '/json/nodes/pve2/fail2ban/jails')).status).toBe(595);
});
