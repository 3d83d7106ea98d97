/** An error that the caller is told: code for programs, one line for people, messages by parameter. */
export class ApiError extends Error {
	constructor(
		/** HTTP status; never 401, which the web interface takes for a log-out. */
		readonly status: 400 | 403 | 404 | 409 | 500 | 501 | 503 | 504 | 507,
		readonly code: string,
		message: string,
		readonly errors?: Record<string, string>,
	) {
		super(message);
		this.name = 'ApiError';
	}
}

/** Bad values by parameter name; the message names the first one. */
export function invalidParams(errors: Record<string, string>): ApiError {
	const [first] = Object.entries(errors);
	return new ApiError(400, 'invalid', first ? `${first[0]}: ${first[1]}` : 'Invalid parameters.', errors);
}

/** What somebody reads of an error, whatever was thrown. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
