import { expect, it } from 'vitest';
import { ignoreAuthorUntilReload } from '../../../src/backend/files/ignoreAuthorUntilReload.ts';
import { ApplyError } from '../../../src/backend/files/ServerSync.ts';
import { FakeLog } from '../services/support/FakeServer.ts';

const record = (addresses?: string[]) => ({
	id: '1',
	jails: ['gone', 'sshd', 'frozen', 'never'],
	provisional: { state: 'not-kept', reason: '', ...(addresses && { addresses }) },
});

it('has the jails that still run an undone change ignore its author, and tells nothing more to a server that hangs', async () => {
	const told: string[] = [];
	const sync = {
		async apply([step]: readonly { jail: string; add: string[] }[]) {
			told.push(`${step?.jail} ${step?.add}`);
			if (step?.jail !== 'sshd') throw new ApplyError('set', 'no', step?.jail === 'frozen', '');
		},
	};
	await ignoreAuthorUntilReload({ sync, log: new FakeLog() } as never, record(['192.0.2.10']) as never);
	expect(told).toEqual(['gone 192.0.2.10', 'sshd 192.0.2.10', 'frozen 192.0.2.10']);
	await ignoreAuthorUntilReload({ sync, log: new FakeLog() } as never, record() as never);
	expect(told).toHaveLength(3);
});
