/** An error that the API answers, with PVE's parts: status, one line, messages by parameter. */
export class HostError extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly errors?: Record<string, string>,
	) {
		super(message);
		this.name = 'HostError';
	}
}
