import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Release } from '../../build/setup/fail2ban.ts';

/**
 * fail2ban-client's own connection and its own words, in a process that stays: each start of the program takes 0.1 s of
 * processor time, and tests ask thousands of times.
 */
const SCRIPT = `
import json, sys, threading
from fail2ban.client.beautifier import Beautifier
from fail2ban.client.csocket import CSocket

lock = threading.Lock()

def ask(task):
    said = None
    try:
        client = CSocket(task['socket'])
        try:
            code, answer = client.send(task['command'])
        finally:
            client.close()
        if code == 0:
            said = str(Beautifier(task['command']).beautify(answer)) + '\\n'
    except Exception:
        pass # the program itself says what is wrong
    with lock:
        print(json.dumps({'id': task['id'], 'said': said}), flush=True)

for line in sys.stdin:
    threading.Thread(target=ask, args=(json.loads(line),), daemon=True).start()
`;

/** Commands that only talk to the server. */
const plain = new Set(['get', 'set', 'status', 'unban']);

interface Asker {
	child: ChildProcessByStdio<Writable, Readable, null>;
	waiting: Map<number, (said: string | null) => void>;
}

const askers = new Map<string, Asker>();
let count = 0;

function askerOf({ bin, version }: Release): Asker {
	const known = askers.get(version);
	if (known) return known;
	const child = spawn(`${bin}/fail2ban-python`, ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
	const waiting: Asker['waiting'] = new Map();
	const asker = { child, waiting };
	askers.set(version, asker);
	createInterface({ input: child.stdout }).on('line', (line) => {
		const { id, said } = JSON.parse(line) as { id: number; said: string | null };
		waiting.get(id)?.(said);
		waiting.delete(id);
		if (waiting.size === 0) child.unref();
	});
	child.on('close', () => {
		askers.delete(version);
		for (const tell of waiting.values()) tell(null);
	});
	// its input ends with this process, and so does it
	child.unref();
	for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void }).unref();
	return asker;
}

/** What fail2ban-client prints for a command; null: it must be asked itself, e.g. because the command fails. */
export function askServer(
	release: Release,
	socket: string,
	command: readonly string[],
): Promise<string | null> {
	if (!plain.has(command[0] ?? '')) return Promise.resolve(null);
	const { child, waiting } = askerOf(release);
	const id = ++count;
	return new Promise((resolve) => {
		waiting.set(id, resolve);
		child.ref();
		child.stdin.write(`${JSON.stringify({ id, socket, command })}\n`);
	});
}
