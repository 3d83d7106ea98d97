import { type HelperOptions, parseOptions, usage } from './arguments.ts';
import { runCommand } from './fail2ban/runCommand.ts';
import { reasonOf } from './kit/errors.ts';
import { createLog } from './kit/journalLog.ts';
import { recover, startHelper } from './startHelper.ts';

/** Set by the build. */
declare const PLUGIN_VERSION: string;

async function main(options: HelperOptions): Promise<void> {
	const log = createLog((line) => process.stderr.write(line));
	const seams = { log, run: runCommand, pluginVersion: PLUGIN_VERSION };
	if (options.recover) return recover(options, seams);
	const helper = await startHelper(options, seams);
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void helper.stop());
	await helper.ended;
}

function run(): void {
	let options: HelperOptions;
	try {
		options = parseOptions(process.argv.slice(2));
	} catch (error) {
		process.stderr.write(`${reasonOf(error)}\n${usage}`);
		process.exitCode = 2;
		return;
	}
	main(options).then(
		() => process.exit(0),
		(error: unknown) => {
			process.stderr.write(`<3>${reasonOf(error)}\n`);
			process.exit(1);
		},
	);
}

run();
