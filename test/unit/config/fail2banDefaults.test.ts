import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultOf, jailDefaults, serverDefaults } from '../../../src/backend/config/fail2banDefaults.ts';

const program = `
import json
from fail2ban.server.actions import Actions
from fail2ban.server.filter import FileFilter
class Jail: name, database = 'x', None
rules, actions = FileFilter(Jail()), Actions(Jail())
print(json.dumps({
	'maxretry': rules.getMaxRetry(), 'findtime': rules.getFindTime(), 'maxmatches': rules.failManager.maxMatches,
	'bantime': actions.getBanTime(), 'ignoreself': rules.ignoreSelf, 'usedns': rules.getUseDns(),
	'maxlines': rules.getMaxLines(),
}))
`;

describe('the defaults', () => {
	it.each(['1.0.2', '1.1.0'])("are those of fail2ban %s's own classes", (release) => {
		const path = `.cache/fail2ban/${release}/root/usr/lib/python3/dist-packages`;
		expect(existsSync(path)).toBe(true);
		const env = { ...process.env, PYTHONPATH: path };
		const text = execFileSync('/usr/bin/python3', ['-W', 'ignore', '-c', program], { env });
		const own = Object.entries(JSON.parse(String(text)) as Record<string, unknown>);
		expect(own.length).toBe(7);
		for (const [option, value] of own) expect(defaultOf(jailDefaults, option)).toBe(String(value));
	});

	it('are unknown for an option that has none', () => {
		expect(defaultOf(jailDefaults, 'logpath')).toBeNull();
		expect(defaultOf(jailDefaults, 'constructor')).toBeNull();
		expect(defaultOf(serverDefaults, 'loglevel')).toBe('INFO');
	});
});
