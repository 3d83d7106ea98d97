import { expect, it } from 'vitest';
import { limited } from '../../../src/backend/kit/limited.ts';

/** Works that end when they are told to. */
function works() {
	const begun: string[] = [];
	const ends = new Map<string, (error?: Error) => void>();
	const work = (name: string) => () => {
		begun.push(name);
		return new Promise<string>((resolve, reject) => {
			ends.set(name, (error) => (error ? reject(error) : resolve(name)));
		});
	};
	return { begun, work, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

it('works at so many at a time, in the order of the calls', async () => {
	const { begun, work, end } = works();
	const places = limited(2);
	const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((name) => places.run(work(name)));
	expect(begun).toEqual(['one', 'two']);
	expect(places.full()).toBe(true);
	end('two');
	expect(await two).toBe('two');
	expect(begun).toEqual(['one', 'two', 'three']);
	end('one');
	end('three');
	expect(await Promise.all([one, three])).toEqual(['one', 'three']);
	end('four');
	expect(await four).toBe('four');
	expect(places.full()).toBe(false);
});

it('frees the place of a work that fails', async () => {
	const { work, end } = works();
	const places = limited(1);
	const failing = places.run(work('one'));
	end('one', new Error('no'));
	await expect(failing).rejects.toThrow('no');
	expect(places.full()).toBe(false);
});
