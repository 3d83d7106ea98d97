import { expect, it } from 'vitest';
import { msg } from '../../../../src/backend/kit/message.ts';
import { hideInText, hideValues } from '../../../../src/backend/services/kit/secrets.ts';

const hide = (text: string) => hideValues(text, ['t0ps3cret']);

it('keeps a text that can be translated where nothing in it is secret', () => {
	const text = msg("There is no filter '{0}'.", 'sshd');
	expect(hideInText(text, hide)).toBe(text);
});

it('gives no part of a secret in what is sent for translation', () => {
	const hidden = hideInText(msg('A % is followed by neither % nor (name)s: {0}', 't0ps3cret%'), hide);
	expect(String(hidden)).toBe('A % is followed by neither % nor (name)s: ***%');
	expect(JSON.stringify(hidden.data)).not.toContain('t0ps3cret');
});
