import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { NetNamespace } from './netNamespace.ts';

/** What became of a connection: `open` when the server's greeting came through. */
export type Reached = 'open' | 'refused' | 'no answer';

export interface Attempt {
	from: string;
	to: string;
	port: number;
}

const python = '/usr/bin/python3';

const LISTEN = `
import socket, sys, threading
def serve(listener):
    while True:
        peer = listener.accept()[0]
        peer.sendall(b'hello')
        peer.close()
for port in sys.argv[1:]:
    listener = socket.create_server(('::', int(port)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=100)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
print('ready', flush=True)
sys.stdin.read()
`;

const CONNECT = `
import json, socket, sys, threading
attempts = json.load(sys.stdin)
found = [None] * len(attempts)
def attempt(n, one):
    try:
        with socket.create_connection((one['to'], one['port']), 5, (one['from'], 0)) as peer:
            found[n] = 'open' if peer.recv(5) == b'hello' else 'no answer'
    except ConnectionRefusedError:
        found[n] = 'refused'
    except TimeoutError:
        found[n] = 'no answer'
    except OSError as error:
        found[n] = '%s: %s' % (one, error)
threads = [threading.Thread(target=attempt, args=job) for job in enumerate(attempts)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(found))
`;

/** Servers on these ports in a network, for both IPv4 and IPv6; answers the function that ends them. */
export async function listenOn(net: NetNamespace, ports: readonly number[]): Promise<() => Promise<void>> {
	const [program, ...args] = net.enter;
	const child = spawn(program, [...args, python, '-c', LISTEN, ...ports.map(String)], {
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	let problem = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		problem += text;
	});
	const gone = once(child, 'close');
	const [first] = await Promise.race([once(child.stdout, 'data'), gone]);
	if (!String(first).startsWith('ready')) throw new Error(`nothing listens: ${problem}`);
	return async () => {
		child.stdin.end();
		await gone;
	};
}

/** Connects from addresses of a network, all at once; each attempt has 5 s. */
export async function connectFrom(net: NetNamespace, attempts: readonly Attempt[]): Promise<Reached[]> {
	const input = JSON.stringify(attempts);
	const { exit, stdout, stderr } = await net.run(python, ['-c', CONNECT], { input });
	if (exit !== 0) throw new Error(`no attempt to connect: exit ${exit}\n${stderr}`);
	return JSON.parse(stdout);
}
