import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Response } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { invalidParams } from '../../../src/backend/kit/errors.ts';
import type { Log } from '../../../src/backend/kit/journalLog.ts';
import { msg } from '../../../src/backend/kit/message.ts';
import { sendError } from '../../../src/backend/routes/answer.ts';
import { HelperClient } from '../../../src/cli/kit/HelperClient.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pve-fail2ban-client-'));
const socket = path.join(folder, 'helper.sock');
const refused = invalidParams({ ip: msg("'{0}' is not an address.", 'x'), jail: msg('Must be a text.') });
let server: Server;

/** What sendError uses of Express. */
function asResponse(response: ServerResponse): Response {
	const its = {
		status: (code: number) => {
			response.statusCode = code;
			return its;
		},
		type: () => its,
		send: (text: string) => response.end(text),
	};
	return its as unknown as Response;
}

beforeAll(async () => {
	server = createServer((_request, response) => sendError(asResponse(response), refused, {} as Log));
	await new Promise<void>((resolve) => server.listen(socket, resolve));
});

afterAll(async () => {
	await new Promise((resolve) => server.close(resolve));
	rmSync(folder, { recursive: true });
});

it('says a refusal in words, without what only the web interface can use', async () => {
	const calling = new HelperClient(socket).call('deleteBans', { ip: 'x' });
	await expect(calling).rejects.toMatchObject({
		exit: 1,
		message: "ip: 'x' is not an address.; jail: Must be a text.",
	});
});
