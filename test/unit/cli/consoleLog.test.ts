import { expect, it } from 'vitest';
import { consoleLog } from '../../../src/cli/kit/consoleLog.ts';

it('shows at the console what the journal would get, without the prefix of the audit', () => {
	const said: string[] = [];
	const log = consoleLog({
		out: (text) => said.push(`out ${text}`),
		err: (text) => said.push(`err ${text}`),
	});
	log.notice('audit: bans made since the change are lifted: 6');
	log.info('audit: is kept where it is no prefix of a notice');
	log.warning('cut\nshort');
	expect(said.slice(0, 2)).toEqual([
		'out bans made since the change are lifted: 6',
		'out audit: is kept where it is no prefix of a notice',
	]);
	expect(said[2]).toMatch(/^err cut.+short$/);
});
