import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guideNode, shippedFiles } from '../../support/guideNode.ts';
import { type Panel, startPanel } from './panel.ts';

/**
 * A node of Debian 12 set up by hand as the guide says, where fail2ban refuses to start. dpkg left the texts that it
 * ships beside the changed filters.
 */
export async function startGuidePanel(): Promise<Panel> {
	const panel = await startPanel({ version: '1.0.2', confirmWithin: 20 });
	try {
		await panel.fail2banClient('stop');
		for (const [file, text] of Object.entries(guideNode(panel.demo.fail2ban.release)))
			writeFileSync(join(panel.config, file), text.replaceAll('@DIR@', panel.dir));
		writePackages(panel);
		return panel;
	} catch (error) {
		await panel.close();
		throw error;
	}
}

/** What dpkg knows of the node's fail2ban. */
function writePackages({ demo, dir, config }: Panel): void {
	const { release } = demo.fail2ban;
	const lines = [...shippedFiles(release)].map(([file, { md5 }]) => ` /etc/fail2ban/${file} ${md5}\n`);
	const status = join(dir, 'node/var/lib/dpkg/status');
	mkdirSync(dirname(status), { recursive: true });
	writeFileSync(status, `Package: fail2ban\nConffiles:\n${lines.join('')}`);
	for (const name of ['sshd', 'pam-generic']) {
		const file = `filter.d/${name}.conf`;
		copyFileSync(join(release.stock, file), join(config, `${file}.dpkg-dist`));
	}
}
