import { type EffectiveFilter, effectiveFilter } from '../../config/effectiveFilter.ts';
import { extractOptions, PythonValueError, splitShell } from '../../config/pythonValues.ts';
import { parseTime, TIME_RULE } from '../../config/time.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams, refusal } from '../../kit/errors.ts';
import { enumerate, type Message, msg, sentences, verbatim } from '../../kit/message.ts';
import { globToRegExp } from '../../kit/patterns.ts';
import type { LineSource } from '../../runs/LineSource.ts';
import { noJail } from '../jails/detail.ts';

/** What a call says about the lines to test. */
export interface SourceParams {
	source: 'jail' | 'journalmatch' | 'file' | 'text';
	jail?: string;
	journalmatch?: string;
	file?: string;
	text?: string;
	since?: string;
}

export interface TestSource {
	lines: LineSource;
	journal: boolean;
	/** In words, for people. */
	words: Message;
	/** As the jail's option has it; empty: auto. */
	logencoding: string;
	logtimezone: string;
	/** The parameter that is at fault when the lines cannot be read. */
	param: string;
}

/**
 * Where the lines of a call come from. Which log files others than root@pam may read is decided here by name, and
 * again by the program that opens them.
 * @param below folders in which the log files of the caller must stand; null: root@pam's may stand anywhere
 * @param now Unix milliseconds
 * @throws ApiError 400 that names the parameter, 403, 404 for an unknown jail
 */
export function testSource(
	snapshot: ConfigSnapshot,
	params: SourceParams,
	{ below, now }: { below: readonly string[] | null; now: number },
): TestSource {
	const jail = params.jail === undefined ? null : readJail(snapshot, params.jail);
	const reading = { logencoding: jail?.logencoding ?? '', logtimezone: jail?.logtimezone ?? '' };
	const since = sinceTime(params.since, now);
	const files = (patterns: string[], param: string): TestSource => ({
		...reading,
		lines: { kind: 'files', patterns, below, since },
		journal: false,
		words: verbatim(patterns.join(', ')),
		param,
	});
	switch (params.source) {
		case 'text':
			if (!params.text?.trim()) throw invalidParams({ text: msg('There is no line to test.') });
			return {
				...reading,
				lines: { kind: 'text', text: params.text },
				journal: false,
				words: msg('pasted lines'),
				param: 'text',
			};
		case 'file':
			return files([logFile(snapshot, params.file, below === null)], 'file');
		case 'journalmatch': {
			const backend = jail?.backend ?? snapshot.jails.defaultOption('backend')?.value ?? '';
			return { ...reading, ...journal(backend, matches(params.journalmatch), since), param: 'journalmatch' };
		}
		case 'jail': {
			if (jail === null) throw invalidParams({ jail: msg('Missing, but the source is a jail.') });
			if (isJournal(jail.backend))
				return { ...reading, ...journal(jail.backend, jail.journalmatch, since), param: 'jail' };
			if (jail.logpath.length === 0)
				throw invalidParams({ jail: msg("Jail '{0}' names no log file.", params.jail ?? '') });
			return files(jail.logpath, 'jail');
		}
	}
}

function readJail(snapshot: ConfigSnapshot, name: string): EffectiveFilter {
	if (!snapshot.jails.jails().includes(name)) throw noJail(name);
	const jail = effectiveFilter(snapshot.jails, name);
	if ('error' in jail) throw invalidParams({ jail: jail.error });
	return jail;
}

function isJournal(backend: string): boolean {
	return backend.startsWith('systemd');
}

/** The journal as the backend's arguments place it, e.g. `systemd[journalpath=/var/log/remote]`. */
function journal(
	backend: string,
	found: string[][],
	since: number,
): Pick<TestSource, 'lines' | 'journal' | 'words'> {
	const args = isJournal(backend) ? Object.fromEntries(extractOptions(backend).options) : {};
	const all = enumerate(
		found.map((match) => match.join(' ')),
		20,
		'or',
	);
	const words = found.length === 0 ? msg('the journal') : msg('the journal ({0})', all);
	return { lines: { kind: 'journal', args, matches: found, since }, journal: true, words };
}

function matches(text = ''): string[][] {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	if (lines.length === 0)
		throw invalidParams({ journalmatch: msg('Missing, but the source is the journal.') });
	const found = lines.map((line) => {
		try {
			return splitShell(line);
		} catch (error) {
			if (!(error instanceof PythonValueError)) throw error;
			throw invalidParams({ journalmatch: msg('{0}: {1}', line.trim(), error.text) });
		}
	});
	const wrong = found.flat().find((word) => word !== '+' && !/^[A-Z0-9_]{1,64}=/.test(word));
	if (wrong !== undefined) {
		throw invalidParams({
			journalmatch: msg("Use FIELD=value, e.g. {0}, not '{1}'.", '_SYSTEMD_UNIT=ssh.service', wrong),
		});
	}
	return found;
}

/** Unix seconds; 0 without a limit. */
function sinceTime(since: string | undefined, now: number): number {
	if (since === undefined || since.trim() === '') return 0;
	const seconds = parseTime(since.trim());
	if (seconds === null || seconds <= 0)
		throw invalidParams({ since: sentences([msg("'{0}' is not a valid time.", since), TIME_RULE]) });
	return Math.max(0, Math.floor(now / 1000 - seconds));
}

/** A log file by its name. Below root@pam only what a jail or fail2ban's own log names. */
function logFile(snapshot: ConfigSnapshot, file: string | undefined, anywhere: boolean): string {
	if (!file) throw invalidParams({ file: msg('Missing, but the source is a log file.') });
	const plain = file.startsWith('/') && !/\/\/|\/\.\.?(?:\/|$)|\p{Cc}/u.test(file);
	if (!plain) throw invalidParams({ file: msg('Enter the full path of the log file, from / on.') });
	if (/[*?[]/.test(file)) throw invalidParams({ file: msg('Enter one log file, without *, ? or [.') });
	if (!anywhere && !namedLogs(snapshot).some((pattern) => globToRegExp(pattern, 'python').test(file))) {
		const message = msg('No jail names this log file; only root@pam may read it.');
		throw refusal(403, 'root-only', 'file', message);
	}
	return file;
}

function namedLogs({ jails }: ConfigSnapshot): string[] {
	const paths = jails.jails().flatMap((jail) => (jails.option(jail, 'logpath')?.value ?? '').split('\n'));
	const own = jails.serverOption('logtarget')?.value ?? '';
	return [...paths, own]
		.map((path) => path.replace(/ (?:head|tail)$/, '').trim())
		.filter((path) => path.startsWith('/'));
}
