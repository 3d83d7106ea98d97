import { type Answer, type Fail2banServer, ServerError } from './Fail2banServer.ts';
import type { ActionProperties } from './firewallTarget.ts';

export interface JailAction {
	/** As the jail calls it, e.g. `nftables-multiport`. */
	name: string;
	properties: ActionProperties;
}

/** What the actions of a running jail do, as the server has them. Throws ServerError. */
export async function jailActions(
	server: Fail2banServer,
	jail: string,
	options: { timeout: number },
): Promise<JailAction[]> {
	const names = await server.actions(jail, options);
	const lists = await server.pipeline(
		names.map((name) => ['get', jail, 'actionproperties', name]),
		options,
	);
	return Promise.all(
		names.map(async (name, at) => {
			const properties = propertyNames(lists[at]);
			const values = await server.pipeline(
				properties.map((property) => ['get', jail, 'action', name, property]),
				options,
			);
			return { name, properties: new Map(properties.flatMap((one, i) => propertyOf(one, values[i]))) };
		}),
	);
}

function propertyNames(listed: Answer | ServerError | undefined): string[] {
	if (!Array.isArray(listed)) return [];
	// compiled expressions of Python have no place in an answer
	return listed.filter((name): name is string => typeof name === 'string' && !/^ESCAPE_/.test(name));
}

function propertyOf(name: string, value: Answer | ServerError | undefined): [string, string][] {
	if (value instanceof ServerError) return [];
	return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
}
