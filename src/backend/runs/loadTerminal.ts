import { type LoadTerminal, NoTerminalError } from './RunProcess.ts';

/** Wide enough that no program cuts its lines to fit. */
const size = { cols: 500, rows: 50 };

/** Loaded with the first run only: it is native, costs memory, and the helper must work without. */
export const loadTerminal: LoadTerminal = async () => {
	let pty: typeof import('@lydell/node-pty');
	try {
		pty = await import('@lydell/node-pty');
	} catch (error) {
		throw new NoTerminalError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
	}
	return (program, args) => {
		const terminal = pty.spawn(program, [...args], { ...size, name: 'dumb', cwd: '/', env: environment() });
		return {
			pid: terminal.pid,
			onOutput: (listener) => void terminal.onData(listener),
			onExit: (listener) =>
				void terminal.onExit(({ exitCode, signal }) => listener({ exit: exitCode, signal: signal || null })),
			close: () => (terminal as unknown as { destroy(): void }).destroy(),
		};
	};
};

/** As for every program of ours: a fixed path, English, UTF-8. */
function environment(): Record<string, string> {
	return {
		PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
		LANG: 'C.UTF-8',
		LC_ALL: 'C.UTF-8',
		...(process.env.TZ === undefined ? {} : { TZ: process.env.TZ }),
	};
}
