/**
 * The numbers in [OPTIONS] of a file of Proxmox VE's firewall (cluster.fw, host.fw), by lower-case name. The last line of
 * a name wins, as pve-firewall reads it; a line that holds anything else says nothing.
 */
export function firewallOptions(text: string): ReadonlyMap<string, number> {
	const options = new Map<string, number>();
	let section = '';
	for (const line of text.split('\n').map((each) => each.trim())) {
		section = /^\[([^\]]+)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
		const [, name, value] = /^([a-z_]+):\s*(\d+)$/i.exec(line) ?? [];
		if (section === 'options' && name !== undefined) options.set(name.toLowerCase(), Number(value));
	}
	return options;
}
