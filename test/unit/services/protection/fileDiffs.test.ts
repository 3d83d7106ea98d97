import { expect, it } from 'vitest';
import { unifiedDiff } from '../../../../src/backend/config/unifiedDiff.ts';
import { withoutContext } from '../../../../src/backend/services/protection/fileDiffs.ts';

it('hides the lines around a change, and neither the change nor its section', () => {
	const before = '# token abc\n[sshd]\npassword = x\n [odd]\nmaxretry = 1\n\nother = y\n';
	const diff = unifiedDiff('jail.local', before, before.replace('maxretry = 1', 'maxretry = 5'));
	const hidden = withoutContext(diff);
	expect(hidden).not.toMatch(/token|password|other|odd/);
	expect(hidden).toContain('\n [sshd]\n');
	expect(hidden).toContain('\n-maxretry = 1\n+maxretry = 5\n');
	expect(hidden.split('\n')).toHaveLength(diff.split('\n').length);
});

it('hides secrets in what changes, and the remark behind what goes', () => {
	const before = '[proxmox]\nfilter = x[token="abc", mode=a] ; for bob\nbantime = 1h\n';
	const after = '[proxmox]\nfilter = pve\nbantime = 1h\n    y[password=abc, name=b]\n';
	const hidden = withoutContext(unifiedDiff('jail.local', before, after));
	expect(hidden).toContain('\n-filter = x[token=***, mode=a] ; ...\n+filter = pve\n ...\n');
	expect(hidden).toContain('\n+    y[password=***, name=b]\n');
});
