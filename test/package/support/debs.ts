import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { architecture } from '../../../build/deb/buildDeb.ts';
import { mustRun } from '../../../build/setup/run.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Collects the packages of one test file in a folder that `remove` takes away. */
export class Debs {
	readonly #folder: string;

	private constructor(folder: string) {
		this.#folder = folder;
	}

	static async create(): Promise<Debs> {
		return new Debs(await mkdtemp(join(tmpdir(), 'pve-fail2ban-debs-')));
	}

	async remove(): Promise<void> {
		await rm(this.#folder, { recursive: true });
	}

	/** The package that `npm run deb` has built. */
	async ours(): Promise<string> {
		const { version } = JSON.parse(await readFile(path('../../../package.json'), 'utf8')) as {
			version: string;
		};
		const deb = path(`../../../dist/pve-fail2ban_${version}_${await architecture()}.deb`);
		if (!existsSync(deb)) throw new Error(`${deb} is not there; npm run deb builds it.`);
		return deb;
	}

	/** Our package with another version, and with its files as `edit` leaves them. */
	async variant(version: string, edit: (root: string) => Promise<void> = async () => {}): Promise<string> {
		const root = join(this.#folder, `ours-${version}`);
		await mustRun('dpkg-deb', ['-R', await this.ours(), root]);
		const control = join(root, 'DEBIAN/control');
		await writeFile(
			control,
			(await readFile(control, 'utf8')).replace(/^Version: .*$/m, `Version: ${version}`),
		);
		// dpkg makes its own list where there is none
		await rm(join(root, 'DEBIAN/md5sums'));
		await edit(root);
		return this.#pack(root);
	}

	/** A package with the name, the trigger and the daemons of Proxmox VE's, and the stand-ins of its modules. */
	async pveManager(version: string, edit: (root: string) => Promise<void> = async () => {}): Promise<string> {
		const root = join(this.#folder, `pve-manager-${version}`);
		const modules = join(root, 'usr/share/perl5');
		await cp(path('../../perl/lib/PVE'), join(modules, 'PVE'), { recursive: true });
		await cp(path('../../perl/lib/HTTP'), join(modules, 'HTTP'), { recursive: true });
		await cp(path('../pveManager/files'), root, { recursive: true });
		await cp(path('../pveManager/control'), join(root, 'DEBIAN'), { recursive: true });
		const control = join(root, 'DEBIAN/control');
		await writeFile(control, (await readFile(control, 'utf8')).replace('@VERSION@', version));
		await edit(root);
		await mustRun('chmod', ['-R', 'u=rwX,go=rX', root]);
		return this.#pack(root);
	}

	async #pack(root: string): Promise<string> {
		const deb = `${root}.deb`;
		await mustRun('dpkg-deb', ['--root-owner-group', '-Znone', '-b', root, deb]);
		return deb;
	}
}
