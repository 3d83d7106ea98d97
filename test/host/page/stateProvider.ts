import { define, Ext } from './ext.ts';

/**
 * What is kept in the address: the chosen resource and the open card of each kind, at the places where
 * PVE's own address has them, so that links work there and here.
 */
const places: readonly (string | undefined)[] = [
	'view',
	'rid',
	'ltab',
	'nodetab',
	undefined,
	undefined,
	undefined,
	undefined,
	undefined,
	'dctab',
];

function read(hash: string): Record<string, string> {
	const [version, ...parts] = hash.replace(/^#/, '').split(':');
	const values: Record<string, string> = {};
	for (const [index, name] of places.entries()) {
		const part = version === 'v1' ? (parts[index] ?? '') : '';
		if (name) {
			values[name] = part.startsWith('=') ? decodeURIComponent(part.slice(1)) : '';
		}
	}
	return values;
}

function write(values: Record<string, string>): string {
	const parts = places.map((name) => (name && values[name] ? `=${encodeURIComponent(values[name])}` : ''));
	return `#v1:${parts.join(':')}`;
}

/** Keeps the places above in the address, everything else in the browser's storage. */
define('Host.StateProvider', {
	extend: 'Ext.state.LocalStorageProvider',

	constructor(config: object) {
		this.callParent([config]);
		this.places = read(location.hash);
		addEventListener('hashchange', () => this.follow(read(location.hash)));
	},
	follow(next: Record<string, string>) {
		for (const [name, value] of Object.entries(next)) {
			if (this.places[name] !== value) {
				this.places[name] = value;
				this.fireEvent('statechange', this, name, { value });
			}
		}
	},
	get(name: string, fallback: unknown) {
		return name in this.places ? { value: this.places[name] } : this.callParent([name, fallback]);
	},
	/** `fire` tells the panel that shows the card; without it the panel itself is the caller. */
	set(name: string, value: { value: string }, fire?: boolean) {
		if (!(name in this.places)) {
			this.callParent([name, value]);
			return;
		}
		if (this.places[name] === value.value) {
			return;
		}
		this.places[name] = value.value;
		location.hash = write(this.places);
		if (fire) {
			this.fireEvent('statechange', this, name, value);
		}
	},
});

Ext.state.Manager.setProvider(Ext.create('Host.StateProvider', { prefix: 'host-' }));
