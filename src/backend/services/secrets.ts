/** Names whose values only root@pam sees (design: "Who may set what"). */
const secretName = /token|key|pass|secret/i;

/** An argument of an action, e.g. `password="x"`. */
const argument = /([\w.-]*(?:token|key|pass|secret)[\w.-]*\s*=\s*)("[^"]*"|'[^']*'|[^\s,\]]*)/gi;

export const masked = '***';

/** A value as somebody other than root@pam sees it. ignorecache's `key` is the name of a tag, no secret. */
export function maskSecrets(option: string, value: string): string {
	if (secretName.test(option)) return value === '' ? value : masked;
	return option === 'ignorecache' ? value : value.replace(argument, `$1${masked}`);
}
