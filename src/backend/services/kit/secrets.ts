import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type Message, verbatim } from '../../kit/message.ts';

/** Names whose values only root@pam sees (see SECURITY.md). */
const secretName = /token|key|pass|secret/i;

/** An argument with such a name, e.g. `password="x"`. */
const secretArgument = /([\w.-]*(?:token|key|pass|secret)[\w.-]*\s*=\s*)("[^"]*"|'[^']*'|[^\s,\]]*)/gi;

const argument = /([\w.-]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s,\]]*)/g;

/** Arguments of actions that hold no secret; any other may, such as the address of a webhook. */
const openArgument =
	/^(?:actname|name|port|protocol|chain|blocktype|bantime|type|table|lines|logpath|mode)$/i;

/** Shorter ones would blot out words that only look the same. */
const shortest = 4;

export const masked = '***';

/** A value as somebody other than root@pam sees it. ignorecache's `key` is the name of a tag, no secret. */
export function maskSecrets(option: string, value: string): string {
	if (secretName.test(option)) return value === '' ? value : masked;
	if (option === 'ignorecache') return value;
	const hidden = value.replace(secretArgument, `$1${masked}`);
	if (!/^(?:ban)?action/.test(option)) return hidden;
	return hidden.replace(argument, (whole, name: string, equals: string) =>
		openArgument.test(name) ? whole : `${name}${equals}${masked}`,
	);
}

/** A parameter of an action as somebody other than root@pam sees it. */
export function maskArgument(name: string, value: string): string {
	return value === '' || openArgument.test(name) ? value : masked;
}

/** Values of a jail's secret options, which an interpolation may bring into any other option. */
export function secretValues({ jails }: ConfigSnapshot, jail: string): string[] {
	const { defaults, sections } = jails.merged;
	const names = [...defaults.keys(), ...(sections.get(jail)?.keys() ?? [])];
	const values = names
		.filter((name) => secretName.test(name))
		.map((name) => jails.option(jail, name)?.value?.trim() ?? '');
	return [...new Set(values)].filter((value) => value.length >= shortest);
}

/** Values of the secret options of [DEFAULT]. */
export function secretDefaults({ jails }: ConfigSnapshot): string[] {
	const names = [...jails.merged.defaults.keys()].filter((name) => secretName.test(name));
	const values = names.map((name) => jails.defaultOption(name)?.value?.trim() ?? '');
	return [...new Set(values)].filter((value) => value.length >= shortest);
}

/** The text as it is, or where something in it must be hidden, its English without that. */
export function hideInText(text: Message, hide: (text: string) => string): Message {
	const hidden = hide(String(text));
	return hidden === String(text) ? text : verbatim(hidden);
}

export function hideValues(text: string, values: readonly string[]): string {
	return values.reduce((hidden, value) => hidden.replaceAll(value, masked), text);
}
