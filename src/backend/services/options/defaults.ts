import { defaultOptions } from '../../../contract/defaults.ts';
import type { JailOptionParams } from '../../../contract/jails.ts';
import { jailOptions, optionParam } from '../../../contract/kit/jailOptions.ts';
import type { DefaultValue } from '../../../contract/types.ts';
import { splitList } from '../../addresses/addresses.ts';
import { defaultOf, jailDefaults } from '../../config/fail2banDefaults.ts';
import { placeDefault } from '../../config/placement.ts';
import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles, ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { type Message, msg } from '../../kit/message.ts';
import { jailValues } from '../jails/values.ts';
import type { Services } from '../kit/call.ts';
import { secretDefaults } from '../kit/secrets.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { defaultsChange, jailsWithOwn } from './defaultsPlan.ts';
import { settingDetail } from './settingsDetail.ts';

export interface DefaultsDeps {
	files: ConfigFiles;
	changes: ConfigChanges;
	figures: ServerFigures;
}

const permissions = new Map(jailOptions.map(({ name, permission }) => [name, permission]));

function defaultValue(snapshot: ConfigSnapshot, option: string, root: boolean): DefaultValue {
	const detail = settingDetail({
		snapshot,
		option,
		found: snapshot.jails.defaultOption(option),
		place: placeDefault(snapshot.jails, snapshot.root, option),
		section: 'DEFAULT',
		may: root || permissions.get(option) === 'modify',
		secrets: root ? null : secretDefaults(snapshot),
		fallback: defaultOf(jailDefaults, option),
	});
	return { ...detail, jails: jailsWithOwn(snapshot, option) };
}

/** What is changed, for a second writer and for the audit line. */
function describe(params: JailOptionParams, list = ''): Message {
	const given = new Set(splitList(list));
	const named = (name: string) =>
		[name, optionParam(name)].some((word) => params[word] !== undefined || given.has(word));
	return msg('defaults: {0}', defaultOptions.filter(named).join(', '));
}

export function defaultsServices({
	files,
	changes,
	figures,
}: DefaultsDeps): Pick<Services, 'getDefaults' | 'updateDefaults'> {
	return {
		async getDefaults({ caller }) {
			const snapshot = files.snapshot();
			const options = defaultOptions.map(
				(name) => [name, defaultValue(snapshot, name, caller.root)] as const,
			);
			return { data: { digest: snapshot.digest, options: Object.fromEntries(options) } };
		},

		async updateDefaults({ params: { delete: list, digest, force = false, client, ...params }, caller }) {
			const given = params as JailOptionParams;
			return makeChange(changes, figures, {
				caller,
				what: describe(given, list),
				digest,
				forced: force,
				client,
				plan: (snapshot) =>
					defaultsChange(snapshot, jailValues(snapshot, given, caller.root), list, caller.root),
			});
		},
	};
}
