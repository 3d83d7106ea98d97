import { run } from './run.ts';

/** What `npm start` runs: fail2ban is Python, its journal backend a module of its own. */
const forStart = ['python3', 'python3-systemd'];

/** What the system and browser tests run beside that; Proxmox VE's widths are made for Arial's metrics. */
const forTests = [
	'nftables',
	'iptables',
	'iproute2',
	'systemd-journal-remote',
	'chromium',
	'fonts-liberation',
	'perltidy',
	'libperl-critic-perl',
];

/** What builds and checks the Debian package. */
const forPackage = ['dpkg-dev', 'debhelper', 'lintian'];

/** What installs it into a Debian of its own. */
const forPackageTests = ['debootstrap', 'debian-archive-keyring', 'systemd'];

const wantedFor = {
	start: forStart,
	test: [...forStart, ...forTests],
	package: forPackage,
	'package test': [...forPackage, ...forPackageTests],
} satisfies Record<string, string[]>;

export type Purpose = keyof typeof wantedFor;

/** The Debian packages that are needed and not installed. */
async function missingPackages(purpose: Purpose): Promise<string[]> {
	const wanted = wantedFor[purpose];
	// biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg's own placeholders
	const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted]);
	const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')));
	return wanted.filter((name) => !installed.has(`${name} installed`));
}

/** Installs what is missing when root; else throws an error that says which packages. */
export async function installSystemPackages(purpose: Purpose, print: (line: string) => void): Promise<void> {
	const missing = await missingPackages(purpose);
	if (missing.length === 0) {
		return;
	}
	const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing];
	if (process.getuid?.() !== 0) {
		throw new Error(`Debian packages are missing; install them with: sudo ${command.join(' ')}`);
	}
	print(`installing Debian packages: ${missing.join(' ')}`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const update = await run('apt-get', ['update'], { env });
	const install = await run('apt-get', command.slice(1), { env });
	if (install.exit !== 0) {
		throw new Error(
			`${command.join(' ')}: exit ${install.exit}\n${update.stderr}${install.stderr}`.trimEnd(),
		);
	}
}
