import { type TObject, type TProperties, Type } from '@sinclair/typebox';
import { jailOptionParams, optionValue, updateJail } from './jails.ts';
import { endpoint } from './kit/endpoint.ts';
import { optionParam } from './kit/jailOptions.ts';
import { client, digest, force, text } from './kit/values.ts';

/**
 * The jail options that make sense for all jails. Not `enabled`, which would start every jail there is, nor what
 * belongs to one log or one service; `ignoreip` has calls of its own.
 */
export const defaultOptions: readonly string[] = [
	'maxretry',
	'findtime',
	'bantime',
	'bantime.increment',
	'bantime.multipliers',
	'bantime.maxtime',
	'bantime.rndtime',
	'bantime.overalljails',
	'bantime.factor',
	'bantime.formula',
	'backend',
	'logencoding',
	'banaction',
	'banaction_allports',
	'protocol',
	'chain',
	'action',
	'destemail',
	'sender',
	'mta',
	'usedns',
	'maxmatches',
	'ignoreself',
	'ignorecommand',
	'ignorecache',
];

function optionParams(): TProperties {
	const { properties } = jailOptionParams;
	return Object.fromEntries(
		defaultOptions.map(optionParam).flatMap((param) => {
			const schema = properties[param];
			return schema === undefined ? [] : [[param, schema]];
		}),
	);
}

export const defaultValue = Type.Object({
	...optionValue.properties,
	jails: Type.Array(Type.String(), { description: 'Enabled jails that set the option themselves.' }),
});

export const getDefaults = endpoint({
	method: 'GET',
	path: '/defaults',
	description: 'Get the default options of all jails, and where each is set.',
	permission: 'audit',
	params: Type.Object({}),
	answer: Type.Object({
		digest: text('SHA-1 digest of the configuration.'),
		options: Type.Record(Type.String(), defaultValue, { description: 'The options by name.' }),
	}),
	task: 'no',
});

const write = {
	delete: Type.Optional(
		Type.String({
			description: 'A list of settings you want to delete.',
			maxLength: 2048,
			pve: { format: 'string-list' },
		}),
	),
	digest: Type.Optional(digest),
	client: Type.Optional(client),
	force: Type.Optional(force),
};

export const updateDefaults = endpoint({
	method: 'PUT',
	path: '/defaults',
	description: 'Change the default options of all jails.',
	permission: 'modify',
	params: Type.Object({ ...write, ...optionParams() }) as unknown as TObject<typeof write>,
	answer: updateJail.answer,
	task: 'maybe',
});
