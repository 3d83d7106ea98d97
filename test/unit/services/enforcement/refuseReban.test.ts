import { describe, expect, it } from 'vitest';
import { msg } from '../../../../src/backend/kit/message.ts';
import type { JailEnforcement } from '../../../../src/backend/services/enforcement/jailEnforcement.ts';
import { rebanGuard } from '../../../../src/backend/services/enforcement/refuseReban.ts';

const own = '192.0.2.10';
const node = {
	address: '10.0.0.12',
	kind: 'node' as const,
	name: 'pve2',
	what: msg("cluster node '{0}'", 'pve2'),
};

/** Asks whether the bans that the firewall lost may come back. */
function ask(lost: Record<string, string[]>, client: string | null = own) {
	const looks = Object.entries(lost).map(
		([jail, missing]) => ({ jail, missing }) as unknown as JailEnforcement,
	);
	const refuse = rebanGuard({ of: async () => looks }, async () => [node]);
	return refuse(Object.keys(lost), [client, null]);
}

describe('bans that the firewall has lost come back', () => {
	it('without a question where they meet strangers only', async () => {
		await expect(ask({ sshd: ['198.51.100.1', 'nobody'], recidive: [] })).resolves.toBeUndefined();
		await expect(ask({ sshd: [own] }, '10.0.0.12'), 'the call was handed on').resolves.toBeUndefined();
	});

	it('not where they shut out the caller, by a network or as IPv6 writes it, too', async () => {
		await expect(ask({ sshd: [own], recidive: ['192.0.2.0/24'] }, `::ffff:${own}`)).rejects.toMatchObject({
			status: 409,
			code: 'would-ban',
			message:
				`This shuts out ${own}, the address you use now: jails 'sshd' and 'recidive' ban it, but the firewall ` +
				'has lost these bans. Unban the address first, or continue anyway.',
			errors: { 'would-ban': own },
		});
	});

	it('not where they shut out a node of the cluster', async () => {
		await expect(ask({ sshd: ['10.0.0.12'] })).rejects.toMatchObject({
			message: expect.stringContaining("10.0.0.12, cluster node 'pve2': jail 'sshd' bans it"),
		});
	});
});
