import type { JailConfig, ResolvedOption } from '../../config/layers.ts';

/** An option of a jail, which may be still to be made: then what it would inherit. */
function optionFor(jails: JailConfig, jail: string, name: string): ResolvedOption | undefined {
	return jails.option(jail, name) ?? jails.defaultOption(name);
}

export function valueFor(jails: JailConfig, jail: string, name: string): string | null {
	return optionFor(jails, jail, name)?.value ?? null;
}
