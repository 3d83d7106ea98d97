import type { RunCommand } from './Fail2banCommands.ts';

/** Expressions of one jail, as its filter writes them. */
export interface RawExpressions {
	/** As the jail has it: it decides what `<HOST>` stands for. */
	usedns: string;
	expressions: string[];
}

/** What the server makes of an expression; null: it does not compile. */
export type Expanded = string | null;

/** fail2ban's own classes put the expressions for addresses in place of the tags, and differ between releases. */
const SCRIPT = `
import json, sys
from fail2ban.server.failregex import Regex, RegexException
def expand(text, usedns):
    try:
        return Regex(text, useDns=usedns).getRegex()
    except RegexException:
        return None
jails = json.load(sys.stdin)
json.dump([[expand(text, jail['usedns']) for text in jail['expressions']] for jail in jails], sys.stdout)
`;

/**
 * The expressions as the running server would answer them, in one process for all jails. Throws Error if Python or
 * fail2ban's modules cannot be used.
 * @param python fail2ban-python, which finds fail2ban's modules
 */
export async function expandExpressions(
	run: RunCommand,
	python: string,
	jails: readonly RawExpressions[],
): Promise<Expanded[][]> {
	if (jails.length === 0) return [];
	const { exit, stdout, stderr, timedOut } = await run(python, ['-c', SCRIPT], {
		input: JSON.stringify(jails),
		timeout: 10_000,
	});
	if (timedOut) throw new Error('fail2ban-python does not answer');
	if (exit !== 0) throw new Error(`fail2ban-python: ${stderr.trim().split('\n').at(-1) || `exit ${exit}`}`);
	return JSON.parse(stdout);
}
