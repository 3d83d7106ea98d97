import type { JailCommands } from './jailCommands.ts';
import { withoutLog } from './judgeChange.ts';

/** One thing to tell the server so that it runs what the configuration now says. */
export type ApplyStep =
	/** `reload --if-exists J`: one existing or new jail, no other one is touched. */
	| { kind: 'reload'; jail: string }
	/** `reload --restart --if-exists J`: lifts the jail's bans and sets them again one by one. */
	| { kind: 'restart'; jail: string }
	| { kind: 'stop'; jail: string }
	/** A growth option that is gone: fail2ban keeps it over a reload unless it is set to nothing. */
	| { kind: 'unset'; jail: string; option: string }
	/** The ignore list of a jail that cannot be reloaded, because its log is gone. */
	| { kind: 'ignoreip'; jail: string; add: string[]; remove: string[] };

export interface ApplyPlan {
	steps: ApplyStep[];
	/** Jails that are brought to new commands as a whole, removed and new ones included. */
	changed: string[];
}

function settingsGone(before: JailCommands, after: JailCommands): string[] {
	return [...before.settings.keys()].filter((option) => !after.settings.has(option));
}

/** fail2ban leaves a jail without actions at a plain reload when these differ (fail2ban #3860). */
function needsRestart(before: JailCommands, after: JailCommands): boolean {
	if (before.backend !== after.backend) return true;
	if (!sameEntries(before.actions, after.actions)) return true;
	// a setting that is gone keeps its old value in the running jail; only bantime.* can be set to nothing
	return settingsGone(before, after).some((option) => !option.startsWith('bantime.'));
}

function sameEntries(one: Map<string, string>, other: Map<string, string>): boolean {
	return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

function fingerprint(commands: JailCommands): string {
	return JSON.stringify(commands, (_key, value) => (value instanceof Map ? [...value] : value));
}

/**
 * What brings a server that runs `before` to `after`, jail by jail: a full reload stops all jails when it
 * fails, so none is ever made.
 * @param running names of the jails that run now
 * @param starts jails to start if they do not run; another one that was configured before and does not run waits
 * for somebody's reload, and may be faulty
 */
export function planApply(
	before: ReadonlyMap<string, JailCommands>,
	after: ReadonlyMap<string, JailCommands>,
	running: ReadonlySet<string>,
	starts: ReadonlySet<string> = new Set(),
): ApplyPlan {
	const plan: ApplyPlan = { steps: [], changed: [] };
	for (const jail of before.keys()) {
		if (after.has(jail)) continue;
		plan.changed.push(jail);
		if (running.has(jail)) plan.steps.push({ kind: 'stop', jail });
	}
	for (const [jail, commands] of after) {
		const old = before.get(jail);
		if (old && fingerprint(old) === fingerprint(commands)) continue;
		if (old && !running.has(jail) && !starts.has(jail)) continue;
		if (old && withoutLog(old) && withoutLog(commands) && !starts.has(jail)) {
			plan.steps.push(ignoreStep(old, commands));
			continue;
		}
		plan.changed.push(jail);
		if (old && running.has(jail)) {
			const restart = needsRestart(old, commands);
			plan.steps.push({ kind: restart ? 'restart' : 'reload', jail });
			if (restart) continue;
			for (const option of settingsGone(old, commands)) plan.steps.push({ kind: 'unset', jail, option });
		} else {
			plan.steps.push({ kind: 'reload', jail });
		}
	}
	return plan;
}

/** fail2ban refuses to reload such a jail; but an address that is to be ignored must not wait for a log. */
function ignoreStep(before: JailCommands, after: JailCommands): ApplyStep {
	return {
		kind: 'ignoreip',
		jail: after.jail,
		add: after.ignoreip.filter((entry) => !before.ignoreip.includes(entry)),
		remove: before.ignoreip.filter((entry) => !after.ignoreip.includes(entry)),
	};
}
