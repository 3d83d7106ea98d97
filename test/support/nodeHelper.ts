import { parseOptions } from '../../src/backend/arguments.ts';
import { runCommand } from '../../src/backend/fail2ban/runCommand.ts';
import { createLog } from '../../src/backend/kit/journalLog.ts';
import { startHelper } from '../../src/backend/startHelper.ts';
import { nodeFiles } from './nodeFiles.ts';

/** The helper on a node that has Proxmox VE and the files that NODE_FILES names (JSON), and this machine's logs. */
const files = nodeFiles({ dir: '/var/log', files: JSON.parse(process.env.NODE_FILES ?? '{}') });

const helper = await startHelper(parseOptions(process.argv.slice(2)), {
	log: createLog((line) => process.stderr.write(line)),
	run: runCommand,
	pluginVersion: 'test',
	system: { ...files, logFolder: '/var/log', journalBackend: 'systemd' },
});
process.on('SIGTERM', () => void helper.stop().then(() => process.exit(0)));
process.stdout.write('ready\n');
