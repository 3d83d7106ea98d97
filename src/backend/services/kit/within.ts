/** Waits for work, but no longer than this; the work goes on. */
export async function within(work: Promise<unknown>, milliseconds: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([work, late]);
	clearTimeout(timer);
}
