import { parseOptions } from '../../src/backend/arguments.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { startHelper } from '../../src/backend/startHelper.ts';

/** The helper, but it kills itself with SIGKILL at the transaction's step that DIE_AT names. */
const dieAt = process.env.DIE_AT;

await startHelper(parseOptions(process.argv.slice(2)), {
	log: createLog((line) => process.stderr.write(line)),
	run: runCommand,
	pluginVersion: 'test',
	step(name) {
		process.stdout.write(`${name}\n`);
		if (name === dieAt) process.kill(process.pid, 'SIGKILL');
	},
});
process.stdout.write('ready\n');
