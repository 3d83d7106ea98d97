import type { Response } from 'express';
import { expect, it } from 'vitest';
import { ApiError } from '../../../src/backend/kit/errors.ts';
import type { Log } from '../../../src/backend/kit/journalLog.ts';
import { msg } from '../../../src/backend/kit/message.ts';
import { sendError } from '../../../src/backend/routes/answer.ts';

const log = { error: () => undefined } as unknown as Log;

function sent(error: unknown) {
	let body = '';
	const response = { status: () => response, type: () => response, send: (text: string) => (body = text) };
	sendError(response as unknown as Response, error, log);
	return JSON.parse(body).error;
}

it('sends what can be translated as one of the errors, which are all that PVE hands on', () => {
	const { message, errors } = sent(new ApiError(404, 'no-jail', msg("There is no jail '{0}'…", 'x')));
	expect(message).toBe("There is no jail 'x'...");
	expect(JSON.parse(errors.messages)).toEqual({ '': { id: "There is no jail '{0}'…", args: ['x'] } });
});

it('leaves it out where nothing can be, or where PVE would cut it off', () => {
	expect(sent(new ApiError(409, 'x', 'No'))).toEqual({ code: 'x', message: 'No' });
	const long = new ApiError(409, 'x', msg('{0}', 'x'.repeat(20_000)), { ip: 'bad' });
	expect(sent(long).errors).toEqual({ ip: 'bad' });
});
