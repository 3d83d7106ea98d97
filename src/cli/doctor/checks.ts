import { printable } from '../kit/Console.ts';
import type { FileState, HelperState, Probes } from './Probes.ts';

export interface Check {
	state: 'ok' | 'warning' | 'error';
	/** What was looked at. */
	part: string;
	found: string;
	/** What to do. */
	advice?: string;
}

const ok = (part: string, found: string): Check => ({ state: 'ok', part, found });
const warning = (part: string, found: string, advice: string): Check => ({
	state: 'warning',
	part,
	found,
	advice,
});
const error = (part: string, found: string, advice: string): Check => ({
	state: 'error',
	part,
	found,
	advice,
});

const reinstall = 'apt install --reinstall pve-fail2ban';
const reload = 'systemctl reload-or-restart pvedaemon pveproxy';
const whyNotLoaded = 'journalctl -u pvedaemon -u pveproxy | grep pve-fail2ban';

/** Looks at every part, one after the other; a line each. */
export async function checks(probes: Probes): Promise<Check[]> {
	const helper = await probes.helper();
	return [
		await fail2ban(probes),
		...problems(helper),
		...(await versions(probes, helper)),
		await journal(probes),
		helperCheck(probes, helper),
		inProgress(probes),
		definitions(await probes.apiDefinitions()),
		panel(await probes.panel()),
		await mount(probes),
		await page(probes),
	];
}

async function fail2ban(probes: Probes): Promise<Check> {
	const [service, server] = [await probes.service(), await probes.server()];
	const part = 'fail2ban';
	const unit = service === null ? '' : ` (fail2ban.service is ${service})`;
	switch (server) {
		case 'running':
			return ok(part, `runs and answers on ${probes.serverSocket}${unit}`);
		case 'frozen':
			return error(
				part,
				`does not answer on ${probes.serverSocket}${unit}`,
				'A slow action keeps it busy, or it hangs: journalctl -u fail2ban; then systemctl restart fail2ban',
			);
		case 'stopped':
			return service === 'active'
				? error(
						part,
						`fail2ban.service is active, but nobody listens on ${probes.serverSocket}`,
						'It is starting, or its socket was removed: in a moment, systemctl restart fail2ban',
					)
				: error(
						part,
						`is not running${unit}`,
						'journalctl -u fail2ban says why; fail2ban-client -t tests the configuration; then systemctl start fail2ban',
					);
	}
}

/** What the helper itself finds wrong with the running server. */
function problems(helper: HelperState): Check[] {
	if (!helper.reached) return [];
	// that fail2ban does not run has its own line
	const others = helper.status.problems.filter(({ id }) => id !== 'not-running' && id !== 'no-answer');
	return others.map(({ severity, text }) =>
		(severity === 'error' ? error : warning)(
			'jails',
			printable(text),
			'See the Overview in the web interface.',
		),
	);
}

async function versions(probes: Probes, helper: HelperState): Promise<Check[]> {
	const { nodeVersion, pluginVersion } = probes;
	const fail2banVersion = await probes.fail2banVersion();
	const found: Check[] = [];
	if (fail2banVersion === null)
		found.push(error('fail2ban-client', 'cannot be started', 'apt install --reinstall fail2ban'));
	else if (!atLeast(fail2banVersion, [1, 0, 2]))
		found.push(warning('versions', `fail2ban ${fail2banVersion} is older than 1.0.2`, 'Upgrade fail2ban.'));
	if (!atLeast(nodeVersion, [18]))
		found.push(error('versions', `Node ${nodeVersion} is older than 18`, 'Upgrade nodejs.'));
	const helperVersion = helper.reached ? helper.status['plugin-version'] : pluginVersion;
	if (helperVersion !== pluginVersion)
		found.push(
			warning(
				'versions',
				`the helper is still ${helperVersion}, the package ${pluginVersion}`,
				'systemctl try-restart pve-fail2ban.service',
			),
		);
	if (found.length > 0) return found;
	return [ok('versions', `fail2ban ${fail2banVersion}, Node ${nodeVersion}, pve-fail2ban ${pluginVersion}`)];
}

/** Whether a version's numbers are these or higher. */
function atLeast(version: string, least: readonly number[]): boolean {
	const numbers = version.split(/[^\d]+/).map(Number);
	for (const [place, wanted] of least.entries()) {
		const number = numbers[place] ?? 0;
		if (number !== wanted) return number > wanted;
	}
	return true;
}

async function journal(probes: Probes): Promise<Check> {
	const reason = await probes.journal();
	if (reason === null) return ok('journal', 'can be read');
	return warning(
		'journal',
		`cannot be read: ${printable(reason)}`,
		'Jails with the systemd backend find nothing without it: systemctl status systemd-journald',
	);
}

function helperCheck({ helperSocket }: Probes, helper: HelperState): Check {
	if (helper.reached) return ok('helper', `answers on ${helperSocket}`);
	return error(
		'helper',
		printable(helper.reason),
		'systemctl restart pve-fail2ban.socket; journalctl -u pve-fail2ban says more',
	);
}

function inProgress(probes: Probes): Check {
	if (!probes.isInProgress()) return ok('changes', 'none is in progress');
	return warning(
		'changes',
		'one is under way, or was cut short',
		'If this stays for a minute: pve-fail2ban rescue undo',
	);
}

function definitions(state: FileState): Check {
	if (state === 'readable') return ok('api.json', 'can be read');
	return error('api.json', state === 'missing' ? 'is missing' : 'is damaged', `${reinstall}; then ${reload}`);
}

function panel(state: FileState): Check {
	if (state === 'readable') return ok('panel', 'its file is there');
	return error('panel', state === 'missing' ? 'its file is missing' : 'its file is empty', reinstall);
}

async function mount(probes: Probes): Promise<Check> {
	const state = await probes.mount();
	if (state === 'mounted') return ok('API', 'pvesh reaches it');
	if (state === 'no-pvesh')
		return warning(
			'API',
			'there is no pvesh',
			'The panel needs a Proxmox VE node; fail2ban itself does not.',
		);
	if ('missing' in state)
		return error('API', printable(state.missing), `${whyNotLoaded} says why; then ${reload}`);
	return error('API', `is there, but fails: ${printable(state.failed)}`, 'See helper and fail2ban above.');
}

async function page(probes: Probes): Promise<Check> {
	const state = await probes.page();
	if (!state.served)
		return warning('web interface', `not served: ${printable(state.reason)}`, 'systemctl status pveproxy');
	if (state.hasScript) return ok('web interface', 'its page loads the panel');
	return error(
		'web interface',
		'its page does not load the panel',
		`${whyNotLoaded} says why; then ${reload}`,
	);
}
