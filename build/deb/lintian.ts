import { relative } from 'node:path';
import { root } from '../setup/paths.ts';
import { run } from '../setup/run.ts';

/** Throws if lintian finds an error or a warning in the package; prints the rest of what it says. */
export async function runLintian(deb: string, print: (line: string) => void): Promise<void> {
	const args = ['--allow-root', '--fail-on', 'error,warning', deb];
	const { exit, stdout, stderr } = await run('lintian', args, { cwd: root });
	const said = `${stdout}${stderr}`.trim();
	if (exit !== 0) throw new Error(`lintian ${relative(root, deb)}: exit ${exit}\n${said}`);
	print(said === '' ? 'lintian: no error, no warning' : `lintian:\n${said}`);
}
