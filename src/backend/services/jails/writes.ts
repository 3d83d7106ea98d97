import type { JailOptionParams } from '../../../contract/jails.ts';
import { jailOptions, optionParam } from '../../../contract/kit/jailOptions.ts';
import { splitList } from '../../addresses/addresses.ts';
import type { ChangeRequest, ConfigChanges } from '../../files/ConfigChange.ts';
import { ApiError, invalidParams } from '../../kit/errors.ts';
import { type Message, msg } from '../../kit/message.ts';
import { EditedConfig } from '../edit/EditedConfig.ts';
import type { Services } from '../kit/call.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { noJail } from './detail.ts';
import { giveBack, optionsChange, removeJail, setOptions } from './plan.ts';
import { deletedOptions, type JailValues, jailValues, refuseWideIgnored } from './values.ts';

/** Words that fail2ban takes for something else than a jail. */
const reserved = new Set([
	'includes',
	'default',
	'known',
	'loglevel',
	'logtarget',
	'syslogsocket',
	'allowipv6',
	'thread',
	'dbfile',
	'dbmaxmatches',
	'dbpurgeage',
]);

const enabled = jailOptions.find(({ name }) => name === 'enabled');

export interface JailWriteDeps {
	changes: ConfigChanges;
	figures: ServerFigures;
	/** Unix milliseconds. */
	now: () => number;
}

/** What is changed, for a second writer and for the audit line. */
function describe(jail: string, params: JailOptionParams, list = ''): Message {
	const given = new Set(splitList(list));
	const names = jailOptions
		.filter(({ name }) =>
			[name, optionParam(name)].some((word) => params[word] !== undefined || given.has(word)),
		)
		.map(({ name }) => name);
	return msg('jail {0}: {1}', jail, names.join(', '));
}

/** A new jail starts enabled; jailOptions has enabled first, and the file follows its order. */
function withEnabled(values: JailValues): JailValues {
	if (enabled === undefined || values.has(enabled)) return values;
	return new Map([[enabled, 'true'], ...values]);
}

export function jailWriteServices({
	changes,
	figures,
	now,
}: JailWriteDeps): Pick<Services, 'createJail' | 'updateJail' | 'deleteJail'> {
	const change = (request: ChangeRequest) => makeChange(changes, figures, request);

	return {
		async createJail({ params: { jail, digest, client, force = false, ...params }, caller }) {
			if (reserved.has(jail.toLowerCase())) {
				throw invalidParams({ jail: msg("The name '{0}' is reserved by fail2ban.", jail) });
			}
			if ((params as JailOptionParams).filter === undefined)
				throw invalidParams({ filter: msg('A jail needs a filter.') });
			return change({
				caller,
				what: msg('create jail {0}', jail),
				digest,
				forced: force,
				client,
				plan(snapshot) {
					if (snapshot.jails.jails().includes(jail)) {
						const message = msg("Jail '{0}' already exists.", jail);
						throw new ApiError(409, 'jail-exists', message, { jail: message });
					}
					const values = withEnabled(jailValues(snapshot, params as JailOptionParams, caller.root));
					refuseWideIgnored(snapshot, jail, values, force);
					const config = new EditedConfig(snapshot);
					const written = setOptions(config, jail, values, {
						added: Math.floor(now() / 1000),
						user: caller.user,
					});
					return optionsChange(config, jail, written, []);
				},
			});
		},

		async updateJail({ params: { jail, delete: list, digest, client, force = false, ...params }, caller }) {
			return change({
				caller,
				what: describe(jail, params as JailOptionParams, list),
				digest,
				forced: force,
				client,
				plan(snapshot) {
					if (!snapshot.jails.jails().includes(jail)) throw noJail(jail);
					const values = jailValues(snapshot, params as JailOptionParams, caller.root);
					refuseWideIgnored(snapshot, jail, values, force);
					const given = deletedOptions(list, values, caller.root);
					const config = new EditedConfig(snapshot);
					const back = giveBack(config, jail, given);
					const written = setOptions(config, jail, values, {
						added: Math.floor(now() / 1000),
						user: caller.user,
					});
					return optionsChange(config, jail, written, back);
				},
			});
		},

		async deleteJail({ params: { jail, digest, client, force = false }, caller }) {
			return change({
				caller,
				what: msg('remove jail {0}', jail),
				digest,
				forced: force,
				client,
				plan(snapshot) {
					if (!snapshot.jails.jails().includes(jail)) throw noJail(jail);
					return removeJail(snapshot, jail, caller.root);
				},
			});
		},
	};
}
