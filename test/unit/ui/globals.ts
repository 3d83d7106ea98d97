/** The few globals of PVE's page that pure parts use, untranslated. */
const encoded: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

Object.assign(globalThis, {
	gettext: (text: string) => text,
	ngettext: (one: string, many: string, n: number) => (n === 1 ? one : many),
	Ext: {
		htmlEncode: (text: unknown) => String(text).replace(/[&<>"']/g, (char) => encoded[char] as string),
		String: {
			format: (template: string, ...args: unknown[]) =>
				template.replace(/\{(\d+)\}/g, (_match, index) => String(args[Number(index)])),
		},
		util: { Format: { number: (value: number) => value.toLocaleString('en-US') } },
		Object: { toQueryString: (params: Record<string, string>) => new URLSearchParams(params).toString() },
	},
	Proxmox: { UserName: 'root@pam', Utils: {} },
});

export {};
