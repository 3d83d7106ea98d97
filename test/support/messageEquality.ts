import { expect } from 'vitest';
import { Message } from '../../src/backend/kit/message.ts';

/** A test may name a text of the helper by its English sentence. */
expect.addEqualityTesters([
	(a, b) => {
		if (a instanceof Message && typeof b === 'string') return String(a) === b;
		if (b instanceof Message && typeof a === 'string') return String(b) === a;
		return undefined;
	},
]);
