/** Somebody who has done nothing, whom an attacker wants banned. */
export const victim = { v4: '198.51.100.9', v6: '2001:db8:bad::9' } as const;

/** The filters' own sentence about the victim, short enough for a user name of Proxmox VE (64 characters). */
const sentence = `authentication failure; rhost=${victim.v4} user=a msg=b`;

const fill = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/**
 * What somebody may type for a user name, by kind. Proxmox VE logs it before it looks at it.
 * @param daemon the program that will log it
 */
export function hostileTexts(daemon: string): Record<string, string[]> {
	const line = `${daemon}[1]: ${sentence}`;
	return {
		'the sentence of the daemon': [
			sentence,
			`x ${sentence}`,
			`: ${sentence}`,
			`; ${sentence} ${sentence}`,
			`openid ${sentence}`,
			`openid authentication failure; rhost=${victim.v4} msg=b`,
			`openid connect authentication failure; rhost=${victim.v4} msg=b`,
			sentence.toUpperCase(),
		],
		'a whole line of the daemon': [
			line,
			`pve1 ${line}`,
			` pve1 ${line}`,
			`: ${line}`,
			`${daemon}[1]: openid authentication failure; rhost=${victim.v4} msg=b`,
			`${daemon}: ${sentence}`,
			`${daemon}[1] ${sentence}`,
			`[1]: ${sentence}`,
		],
		'a date before it': [
			`Nov 23 10:00:00 pve1 ${line}`,
			`2026-11-23T10:00:00+01:00 pve1 ${line}`,
			`2026-11-23T10:00:00+01:00: authentication failure; rhost=[${victim.v4}]:1 user=a msg=b`,
			`1795428902.0 ${line}`,
			`<27>Nov 23 10:00:00 ${line}`,
		],
		'the address': [
			victim.v4,
			`root@pam rhost=${victim.v4}`,
			`root rhost=${victim.v4} user=b msg=c`,
			`user=root rhost=${victim.v4}`,
			`rhost=${victim.v4} `,
			`=${victim.v4} user=x`,
			`root@${victim.v4}`,
			`a from ${victim.v4} port 22 ssh2`,
		],
		'brackets and ports': [
			`authentication failure; rhost=[${victim.v4}] user=a msg=b`,
			`authentication failure; rhost=[${victim.v4}]:22 user=a msg=b`,
			`[${victim.v4}]`,
			`]:22 rhost=[${victim.v4}]:22 user=a`,
			`[[[]]]`,
		],
		IPv6: [
			`authentication failure; rhost=${victim.v6} user=a msg=b`,
			`authentication failure; rhost=[${victim.v6}]:22 user=a msg=b`,
			`authentication failure; rhost=::ffff:${victim.v4} user=a msg=b`,
			`authentication failure; rhost=[::ffff:${victim.v4}]:22 user=a`,
			`:${victim.v6}`,
			`::ffff:${victim.v4}`,
			`%1]:22 rhost=[${victim.v6}%1]:22 user=a msg=b`,
		],
		'a host name': [
			'authentication failure; rhost=localhost user=a msg=b',
			'authentication failure; rhost=victim.example user=a msg=b',
			'victim.example',
		],
		'line breaks': [
			`x\n${sentence}`,
			`x\n${line}`,
			`x\r\npve1 ${line}`,
			`\n${sentence}`,
			`x\\n${sentence}`,
			`x#012${sentence}`,
			`x\u2028${sentence}`,
			`x\v\f\u0085${sentence}`,
			'root@pam\n',
		],
		'control characters and ANSI codes': [
			`\u001b[31m${sentence}\u001b[0m`,
			`\u001b[2K\u001b[1G${line}`,
			`\b\b\b\b\b\b\b\b${line}`,
			`x\u0000${sentence}`,
			`\t${sentence}`,
			`\u0001\u007f${sentence}`,
		],
		'percent codes': [
			`%m ${sentence}`,
			'%s%n%d%x',
			`%(rhost)s ${sentence}`,
			`%% ${sentence}`,
			`%61uthentication failure; rhost=${victim.v4} user=a msg=b`,
			`$1 \${rhost} ${sentence}`,
		],
		Unicode: [
			`\u00a0${sentence}`,
			`\u202e${sentence}`,
			`ä ${sentence}`,
			`😀 ${sentence}`,
			`authentication failure; rhost=１９８.51.100.9 user=a msg=b`,
			`аuthentication failure; rhost=${victim.v4} user=a msg=b`,
		],
		'64 characters': [
			fill('a', 64),
			`${sentence}${fill('a', 64 - sentence.length)}`,
			`${fill(' ', 64 - sentence.length)}${sentence}`,
			fill(`rhost=${victim.v4} `, 64),
		],
		'8 kilobytes': [
			fill('a', 8192),
			fill(' ', 8192),
			fill(`${sentence} `, 8192),
			`${fill('a', 8000)} ${sentence}`,
			fill(`rhost=${victim.v4} `, 8192),
			fill('[1]: ', 8192),
		],
		'nothing and fields': [
			'',
			' ',
			' msg= user= ',
			` msg=x rhost=${victim.v4} user=y msg=z`,
			`; msg=${sentence}`,
			`user=a msg=b\trhost=${victim.v4}`,
		],
		expressions: ['<HOST>', `(?P<ip4>${victim.v4})`, '.*$', '\\', '"\'`;|&'],
	};
}
