import { ApiError } from '../errors.ts';
import type { Services } from './call.ts';

export function testServices(): Pick<Services, 'testFilter' | 'scanLog'> {
	const later = async () => {
		throw new ApiError(501, 'not-ready', 'Not built yet.');
	};
	return { testFilter: later, scanLog: later };
}
