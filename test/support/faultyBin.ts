import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrivateFail2ban } from './fail2ban.ts';

/**
 * A folder with fail2ban's programs in which fail2ban-client goes wrong at a reload, and is the real one else.
 * @param atReload shell lines that run when a reload is asked for; `$real` is the real client
 */
export async function faultyBin(fail2ban: PrivateFail2ban, atReload: string): Promise<string> {
	const bin = join(fail2ban.dir, 'faulty-bin');
	await mkdir(bin, { recursive: true });
	const { bin: real } = fail2ban.release;
	const client = `#!/bin/sh
real=${real}/fail2ban-client
for word in "$@"; do
	if [ "$word" = reload ]; then
${atReload}
	fi
done
exec "$real" "$@"
`;
	await writeFile(join(bin, 'fail2ban-client'), client);
	await writeFile(join(bin, 'fail2ban-regex'), `#!/bin/sh\nexec ${real}/fail2ban-regex "$@"\n`);
	for (const name of ['fail2ban-client', 'fail2ban-regex']) await chmod(join(bin, name), 0o755);
	return bin;
}
