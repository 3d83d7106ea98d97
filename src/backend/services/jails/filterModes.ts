import { jailDefaults } from '../../config/fail2banDefaults.ts';
import { readDefinition } from '../../config/filterDefinition.ts';
import { invalidParams } from '../../kit/errors.ts';
import { msg } from '../../kit/message.ts';
import type { EditedConfig } from '../edit/EditedConfig.ts';
import { filterName } from '../edit/filterValue.ts';

/**
 * Refuses a mode that the jail's filter does not have: fail2ban would start the jail with the mode's expressions
 * missing, and say nothing. Throws ApiError 400 that names the filter's modes.
 */
export function checkMode({ jails }: EditedConfig, jail: string, mode: string): void {
	const name = filterName(jails.option(jail, 'filter')?.value ?? jail);
	const definition = readDefinition(
		jails.reading,
		name,
		jails.option(jail, 'backend')?.value ?? jailDefaults.backend,
	);
	const choices = definition?.parameters.find((parameter) => parameter.name === 'mode')?.choices ?? [];
	// what is interpolated is judged by what fail2ban makes of it
	if (choices.length === 0 || choices.includes(mode) || mode.includes('%')) return;
	throw invalidParams({
		mode: msg("Filter '{0}' has no mode '{1}'; use one of {2}.", name, mode, choices.join(', ')),
	});
}
