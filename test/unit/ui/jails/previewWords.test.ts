import '../globals.ts';
import { describe, expect, it } from 'vitest';
import type { JailPreview } from '../../../../src/contract/types.ts';
import { previewText, remarkText } from '../../../../src/ui/jails/previewWords.ts';

const nobody: JailPreview = {
	addresses: [],
	total: 0,
	'at-once': true,
	since: 0,
	lines: 0,
	bantime: 600,
	ignored: null,
	truncated: false,
	problem: null,
};
const address = (ip: string, more: object = {}) => ({
	ip,
	failures: 3,
	own: false,
	what: null,
	banned: false,
	...more,
});

describe('whom a jail would ban', () => {
	it('is nobody, unless it could not be found out', () => {
		expect(previewText(nobody)).toBe('Would be banned immediately: nobody.');
		expect(previewText({ ...nobody, problem: 'There is no <log>.' })).toBe('There is no &lt;log&gt;.');
	});

	it('names only those in red that must not be banned and are not yet', () => {
		const addresses = [
			address('192.0.2.17', { own: true }),
			address('10.0.0.12', { what: "cluster node 'pve2'" }),
			address('10.0.0.13', { what: "cluster node 'pve3'", banned: true }),
			address('203.0.113.5'),
		];
		const text = previewText({ ...nobody, addresses, total: 1400, 'at-once': false });
		expect(text.replace(/<[^>]*>/g, '')).toBe(
			'Would be banned after one more failure: 1,400 addresses, including your address 192.0.2.17, cluster node &#39;pve2&#39; (10.0.0.12).',
		);
		const alone = previewText({ ...nobody, addresses: addresses.slice(0, 1), total: 1 });
		expect(alone.replace(/<[^>]*>/g, '')).toBe('Would be banned immediately: your address 192.0.2.17.');
		expect(addresses.map(remarkText)).toEqual([
			'your address',
			"cluster node 'pve2'",
			"cluster node 'pve3', already banned",
			'',
		]);
	});
});
