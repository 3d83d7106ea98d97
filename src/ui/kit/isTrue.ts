/** fail2ban's truth: 1, on, true, yes. */
export function isTrue(text: string | null | undefined): boolean {
	return /^(?:1|on|true|yes)$/i.test((text ?? '').trim());
}
