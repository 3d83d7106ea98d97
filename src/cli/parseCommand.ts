import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Fail2banPlace } from '../backend/connectFail2ban.ts';
import type { PresetId } from '../backend/connectProtection.ts';
import type { ProtectCommand } from './protect.ts';

/** What the command line asks for. */
export type Command =
	| { name: 'help'; about: string | null }
	| { name: 'version' }
	| { name: 'status'; socket: string; json: boolean }
	| { name: 'unban'; socket: string; addresses: string[]; jail: string | null; all: boolean }
	| { name: 'rescue'; place: Fail2banPlace; action: RescueAction }
	| ({ name: 'protect'; place: Fail2banPlace } & ProtectCommand)
	| { name: 'doctor'; place: Fail2banPlace; socket: string };

export type RescueAction =
	| { kind: 'unban-all' }
	| { kind: 'undo' }
	/** The jail to stop. */
	| { kind: 'stop'; jail: string };

/** The command line is wrong; the message is one line for the user. */
export class UsageError extends Error {
	constructor(
		message: string,
		/** Whose help applies; null: the program's. */
		readonly about: string | null,
	) {
		super(message);
		this.name = 'UsageError';
	}
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const help = { help: { ...flag, short: 'h' } } as const;

/** Only tests and private folders need these; the names are the helper's own. */
const place = {
	'fail2ban-config': text,
	'fail2ban-socket': text,
	'fail2ban-bin': text,
	state: text,
} as const;

const helperSocket = '/run/pve-fail2ban/helper.sock';

/** Throws UsageError. */
export function parseCommand(args: readonly string[]): Command {
	const [name, ...rest] = args;
	switch (name) {
		case 'status':
			return parseStatus(rest);
		case 'unban':
			return parseUnban(rest);
		case 'rescue':
			return parseRescue(rest);
		case 'protect':
			return parseProtect(rest);
		case 'doctor':
			return parseDoctor(rest);
		case '--help':
		case '-h':
		case 'help':
			return { name: 'help', about: rest[0] ?? null };
		case '--version':
			return { name: 'version' };
		case undefined:
			throw new UsageError('No command given.', null);
		default:
			throw new UsageError(`'${name}' is no command.`, null);
	}
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(
	about: string,
	args: readonly string[],
	options: T,
) {
	try {
		return parseArgs({ args: [...args], options: { ...options, ...help }, allowPositionals: true });
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new UsageError(error.message, about);
	}
}

function noWords(about: string, words: readonly string[]): void {
	if (words.length > 0) throw new UsageError(`'${words[0]}' is one word too many.`, about);
}

function parseStatus(args: readonly string[]): Command {
	const { values, positionals } = parse('status', args, { socket: text, json: flag });
	if (values.help) return { name: 'help', about: 'status' };
	noWords('status', positionals);
	return { name: 'status', socket: values.socket ?? helperSocket, json: values.json === true };
}

function parseUnban(args: readonly string[]): Command {
	const options = { socket: text, jail: text, all: flag, yes: flag };
	const { values, positionals: addresses } = parse('unban', args, options);
	if (values.help) return { name: 'help', about: 'unban' };
	const jail = values.jail ?? null;
	const all = values.all === true;
	if (all && (addresses.length > 0 || jail !== null))
		throw new UsageError('--all stands alone: it lifts every ban of every jail.', 'unban');
	if (!all && addresses.length === 0 && jail === null)
		throw new UsageError('Name addresses, or a jail with --jail, or --all.', 'unban');
	if (all && !values.yes)
		throw new UsageError('This lifts every ban of every jail; say --yes as well.', 'unban');
	return { name: 'unban', socket: values.socket ?? helperSocket, addresses, jail, all };
}

function parseRescue(args: readonly string[]): Command {
	const { values, positionals } = parse('rescue', args, place);
	if (values.help) return { name: 'help', about: 'rescue' };
	const [kind, ...rest] = positionals;
	return { name: 'rescue', place: placeOf(values), action: rescueAction(kind, rest) };
}

function rescueAction(kind: string | undefined, rest: readonly string[]): RescueAction {
	switch (kind) {
		case 'unban-all':
		case 'undo':
			noWords('rescue', rest);
			return { kind };
		case 'stop': {
			const [jail, ...more] = rest;
			if (jail === undefined || jail === '') throw new UsageError('Which jail shall stop?', 'rescue');
			noWords('rescue', more);
			return { kind, jail };
		}
		case undefined:
			throw new UsageError('Say unban-all, undo, or stop JAIL.', 'rescue');
		default:
			throw new UsageError(`'${kind}' is none of unban-all, undo, and stop JAIL.`, 'rescue');
	}
}

const presetIds: readonly PresetId[] = ['standard', 'strict', 'one-attempt'];

function parseProtect(args: readonly string[]): Command {
	const options = {
		...place,
		preset: text,
		jails: text,
		ignore: { ...text, multiple: true },
		'no-own-address': flag,
		'dry-run': flag,
		yes: flag,
		force: flag,
		node: text,
	} as const;
	const { values, positionals } = parse('protect', args, options);
	if (values.help) return { name: 'help', about: 'protect' };
	noWords('protect', positionals);
	const preset = presetIds.find((id) => id === values.preset);
	if (values.preset !== undefined && preset === undefined)
		throw new UsageError(`'${values.preset}' is none of ${presetIds.join(', ')}.`, 'protect');
	if (values['dry-run'] === true && values.yes === true)
		throw new UsageError('Say either --dry-run or --yes.', 'protect');
	return {
		name: 'protect',
		place: placeOf(values),
		preset: preset ?? null,
		jails: values.jails ?? null,
		ignore: values.ignore ?? [],
		ownAddress: values['no-own-address'] !== true,
		dryRun: values['dry-run'] === true,
		yes: values.yes === true,
		force: values.force === true,
		node: values.node ?? null,
	};
}

function parseDoctor(args: readonly string[]): Command {
	const { values, positionals } = parse('doctor', args, { ...place, socket: text });
	if (values.help) return { name: 'help', about: 'doctor' };
	noWords('doctor', positionals);
	return { name: 'doctor', place: placeOf(values), socket: values.socket ?? helperSocket };
}

function placeOf(values: { [name in keyof typeof place]?: string | undefined }): Fail2banPlace {
	return {
		config: values['fail2ban-config'] ?? '/etc/fail2ban',
		fail2banSocket: values['fail2ban-socket'] ?? null,
		fail2banBin: values['fail2ban-bin'] ?? null,
		state: values.state ?? '/var/lib/pve-fail2ban',
		privateFolder: values['fail2ban-config'] !== undefined,
	};
}
