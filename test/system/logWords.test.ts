import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { releases } from '../support/fail2ban.ts';

// EventParser.ts looks for these words; a release that has other words would leave the history empty
test.each(releases())('fail2ban $version writes its log in the words that are looked for', ({ lib }) => {
	const source = (name: string) => readFileSync(join(lib, 'fail2ban/server', name), 'utf8');
	expect(source('actions.py')).toMatch(/"\[%s\] %sBan %s"/);
	expect(source('actions.py')).toContain('"[%s] Unban %s"');
	expect(source('filter.py')).toContain('"[%s] Found %s - %s"');
});
