import type { JailConfig } from '../../config/layers.ts';

const services: Readonly<Record<string, number>> = { ssh: 22, http: 80, https: 443 };

/** Whether a part of fail2ban's `port` closes a port: a number, a range, or a service. */
function closes(part: string, port: number): boolean {
	const [, from, to] = /^(\d+):(\d+)$/.exec(part) ?? [];
	if (from !== undefined && to !== undefined) return port >= Number(from) && port <= Number(to);
	return Number(services[part] ?? part) === port;
}

/**
 * The ports that a jail shall close, and whether that must be written: what an admin closes besides stays, and what
 * is inherited from [DEFAULT] says nothing of this jail.
 */
export function portsFor(
	jails: JailConfig,
	jail: string,
	wanted: readonly number[],
): { text: string; needed: boolean } {
	const found = jails.option(jail, 'port');
	const own = found?.section === jail ? (found.value ?? '') : '';
	const parts = own.split(/[\s,]+/).filter(Boolean);
	const missing = wanted.filter((port) => !parts.some((part) => closes(part, port)));
	if (parts.length > 0 && missing.length === 0) return { text: numbers(parts).join(','), needed: false };
	// what an admin closes besides stays
	const text = found?.file.endsWith('.local') ? [...parts, ...missing] : wanted;
	return { text: text.join(','), needed: true };
}

function numbers(parts: readonly string[]): (string | number)[] {
	return parts.map((part) => services[part] ?? part);
}
