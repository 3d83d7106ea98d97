import type { Fail2banServer } from '../../fail2ban/Fail2banServer.ts';

/** The server's dbpurgeage in seconds; null: it has no database. Throws ServerError. */
export async function purgeAge(server: Fail2banServer): Promise<number | null> {
	const [file, age] = await server.pipeline([
		['get', 'dbfile'],
		['get', 'dbpurgeage'],
	]);
	for (const answer of [file, age]) if (answer instanceof Error) throw answer;
	return file === null || file === 'None' ? null : Number(age);
}
