/** What the script pve-fail2ban-i18n-LANGUAGE.js leaves on the page; build/i18n/catalogue.ts makes it from po/. */
interface Catalogue {
	/** Which of the forms a count takes. */
	plural: (n: number) => number;
	texts: Record<string, string | string[]>;
}

interface Page {
	gettext: (text: string) => string;
	/** Missing in older releases of Proxmox VE. */
	ngettext?: (one: string, many: string, n: number) => string;
	PVEFail2ban?: { catalogue?: Catalogue };
}

const page = globalThis as unknown as Page;

function own(text: string): string[] | undefined {
	const { texts } = page.PVEFail2ban?.catalogue ?? {};
	const found = texts && Object.hasOwn(texts, text) ? texts[text] : undefined;
	return typeof found === 'string' ? [found] : found;
}

/**
 * Stands for Proxmox VE's function of the same name in our scripts (build/ui.ts puts it there). Our catalogue comes
 * first: a short word means one thing here and may mean another there ("Failed" counts log lines), and Proxmox VE finds
 * a text by a hash of 31 bits, which one of ours could share. What ours lacks, such as a button that Proxmox VE has as
 * well, comes from Proxmox VE's.
 */
export function gettext(text: string): string {
	return own(text)?.[0] ?? page.gettext(text);
}

/** The form of a text for this count. */
export function ngettext(one: string, many: string, n: number): string {
	const forms = own(one);
	const form = forms?.[page.PVEFail2ban?.catalogue?.plural(n) ?? 0];
	if (form !== undefined) {
		return form;
	}
	return typeof page.ngettext === 'function'
		? page.ngettext(one, many, n)
		: page.gettext(n === 1 ? one : many);
}
