import { serverSettings } from '../../../contract/settings.ts';
import { defaultOf, serverDefaults } from '../../config/fail2banDefaults.ts';
import { placeServerOption } from '../../config/placement.ts';
import { type Fail2banServer, ServerError } from '../../fail2ban/Fail2banServer.ts';
import type { ConfigChanges } from '../../files/ConfigChange.ts';
import type { ConfigFiles } from '../../files/ConfigFiles.ts';
import { runningSettings, sameSetting } from '../../files/serverSettings.ts';
import { invalidParams } from '../../kit/errors.ts';
import { type Message, msg } from '../../kit/message.ts';
import type { Services } from '../kit/call.ts';
import { makeChange } from '../server/makeChange.ts';
import type { ServerFigures } from '../server/ServerFigures.ts';
import { settingDetail } from './settingsDetail.ts';
import { deletedSettings, settingsChange, settingValues } from './settingsPlan.ts';

export interface SettingsDeps {
	server: Fail2banServer;
	files: ConfigFiles;
	changes: ConfigChanges;
	figures: ServerFigures;
	/** Why fail2ban shall not log into a file; null: it may. */
	logFileFault: (file: string) => Promise<Message | null>;
}

/** How long the answer waits for the server (milliseconds); the files are shown whatever it does. */
const answerWithinMs = 800;

async function running(server: Fail2banServer): Promise<ReadonlyMap<string, string | null>> {
	const names = serverSettings.map(({ name }) => name);
	try {
		return await runningSettings(server, names, answerWithinMs);
	} catch (error) {
		if (error instanceof ServerError) return new Map();
		throw error;
	}
}

export function settingsServices({
	server,
	files,
	changes,
	figures,
	logFileFault,
}: SettingsDeps): Pick<Services, 'getSettings' | 'updateSettings'> {
	return {
		async getSettings({ caller }) {
			const runs = await running(server);
			const snapshot = files.snapshot();
			const options = serverSettings.map(({ name, permission }) => {
				const detail = settingDetail({
					snapshot,
					option: name,
					found: snapshot.jails.serverOption(name),
					place: placeServerOption(snapshot.jails, snapshot.root, name),
					section: 'Definition',
					may: permission === 'modify' || (permission === 'root' && caller.root),
					secrets: null,
					fallback: defaultOf(serverDefaults, name),
				});
				const runsWith = runs.get(name) ?? null;
				const differs = detail.value !== null && !sameSetting(name, detail.value, runsWith);
				return [name, { ...detail, running: runsWith, differs }] as const;
			});
			return { data: { digest: snapshot.digest, options: Object.fromEntries(options) } };
		},

		async updateSettings({ params: { delete: list, digest, force = false, client, ...params }, caller }) {
			const values = settingValues(params, caller.root);
			const given = deletedSettings(list, values, caller.root);
			const target = values.get('logtarget');
			const fault = target?.startsWith('/') ? await logFileFault(target) : null;
			if (fault !== null) throw invalidParams({ logtarget: fault });
			return makeChange(changes, figures, {
				caller,
				what: msg('server options: {0}', [...values.keys(), ...given].join(', ')),
				digest,
				forced: force,
				client,
				plan: (snapshot) => settingsChange(snapshot, values, given, force),
			});
		},
	};
}
