/** Places for works that take much, such as a processor each. */
export interface Places {
	/** All places are taken. */
	full(): boolean;
	/** Works when a place is free, in the order of the calls. */
	run<T>(work: () => Promise<T>): Promise<T>;
}

/** @param count works at the same time */
export function limited(count: number): Places {
	const waiting: (() => void)[] = [];
	let taken = 0;
	return {
		full: () => taken >= count,
		async run(work) {
			if (taken < count) taken++;
			else await new Promise<void>((resolve) => waiting.push(resolve));
			try {
				return await work();
			} finally {
				// the next one takes over the place
				const next = waiting.shift();
				if (next) next();
				else taken--;
			}
		},
	};
}
