import type { DumpCommand, DumpValue } from '../../config/dump.ts';
import { effectiveJail } from '../../config/effectiveJail.ts';
import { printCommand } from '../../config/printDump.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { Fail2banCommands } from '../../fail2ban/Fail2banCommands.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { reasonText } from '../../kit/errors.ts';
import { type Message, msg, told, verbatim } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { hideInText, hideValues, maskArgument, masked, maskSecrets, secretValues } from '../kit/secrets.ts';
import { stopReason } from '../server/problems.ts';
import { noJail } from './detail.ts';
import { jailIni } from './ini.ts';

/** What the caller may see of a value by the name of its option. */
type Shown = (option: string, value: string) => string;

function showValue(value: DumpValue, show: (text: string) => string): DumpValue {
	if (typeof value === 'string') return show(value);
	return Array.isArray(value) ? value.map((item) => showValue(item, show)) : value;
}

/** A property of an action is what the action runs with, so a secret may be inside any but the well-known ones. */
function showProperty(property: readonly DumpValue[], shown: Shown): DumpValue[] {
	const [name, value] = property.map(String);
	return [name as DumpValue, shown(name as string, maskArgument(name as string, value ?? ''))];
}

/** A server command without what only root@pam may see: arguments of actions and secrets. */
function shownCommand(command: DumpCommand, shown: Shown): DumpCommand {
	const head = command.slice(0, 3);
	const [verb, , option] = head;
	const rest = command.slice(3);
	if (option === 'addaction') {
		// a Python action gets its file and its arguments here
		const [name, file, ...parameters] = rest;
		return [
			...head,
			name as DumpValue,
			...(file === undefined ? [] : [file]),
			...parameters.map(() => masked),
		];
	}
	if (option === 'action') {
		const [name, ...properties] = rest;
		if (verb === 'set') return [...head, name as DumpValue, ...showProperty(properties, shown)];
		const pairs = properties.flat() as DumpValue[];
		return [
			...head,
			name as DumpValue,
			pairs.map((pair) => (Array.isArray(pair) ? showProperty(pair, shown) : masked)),
		];
	}
	return [...head, ...rest.map((value) => showValue(value, (text) => shown(String(option), text)))];
}

/** What `-d` says of an enabled jail. fail2ban's own words, where it says that it skips the jail. */
async function dumpedCommands(
	commands: Fail2banCommands,
	root: string,
	jail: string,
): Promise<{ commands: DumpCommand[]; problem: Message | null }> {
	let dump: DumpCommand[];
	try {
		dump = await commands.dump(root);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return { commands: [], problem: reasonText(error) };
	}
	const own = dump.filter(
		([verb, name]) => name === jail && /^(?:add|set|multi-set|start)$/.test(String(verb)),
	);
	const errors = dump.flatMap(([verb, text]) => (verb === 'config-error' ? [String(text)] : []));
	const reason = stopReason(jail, errors);
	if (reason !== null) return { commands: own, problem: verbatim(reason) };
	return { commands: own, problem: own.length > 0 ? null : msg("fail2ban skips jail '{0}'.", jail) };
}

/** fail2ban reads of a disabled jail only that it is disabled, so this is our own reading. */
function readCommands(
	snapshot: ConfigSnapshot,
	jail: string,
): { commands: DumpCommand[]; problem: Message | null } {
	const read = effectiveJail(snapshot.jails, jail);
	if ('error' in read) return { commands: [], problem: read.error };
	return { commands: [...read.commands, ['start', jail]], problem: null };
}

export function getEffectiveJailService({
	files,
	commands,
}: {
	files: ConfigFiles;
	commands: Fail2banCommands;
}): Services['getEffectiveJail'] {
	return async ({ params: { jail }, caller }) => {
		const snapshot = files.snapshot();
		if (!snapshot.jails.jails().includes(jail)) throw noJail(jail);
		const enabled = isTrue(snapshot.jails.option(jail, 'enabled')?.value);
		const found = enabled
			? await dumpedCommands(commands, snapshot.root, jail)
			: readCommands(snapshot, jail);
		const secrets = caller.root ? [] : secretValues(snapshot, jail);
		const shown: Shown = (option, value) =>
			caller.root ? value : hideValues(maskSecrets(option, value), secrets);
		const lines = found.commands.map((command) =>
			printCommand(caller.root ? command : shownCommand(command, shown)),
		);
		return {
			data: told({
				jail,
				enabled,
				commands: lines,
				ini: jailIni(snapshot, jail, shown),
				problem: found.problem === null ? null : hideInText(found.problem, (text) => shown('', text)),
			}),
		};
	};
}
