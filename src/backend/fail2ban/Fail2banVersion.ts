import type { RunCommand } from './Fail2banCommands.ts';

/** fail2ban's version, as far as it is known: its programs may fail, or not be asked yet. */
export class Fail2banVersion {
	#known: string | null = null;
	#asking: Promise<string | null> | null = null;
	readonly #ask: () => Promise<string>;
	readonly #onFailure: (reason: string) => void;

	/** @param ask what fail2ban-client says of itself; throws Error */
	constructor(ask: () => Promise<string>, onFailure: (reason: string) => void) {
		this.#ask = ask;
		this.#onFailure = onFailure;
	}

	/** null: not known yet. */
	known(): string | null {
		return this.#known;
	}

	/** Asks fail2ban-client unless it is known; null if that fails, and the next call asks again. Throws nothing. */
	learn(): Promise<string | null> {
		if (this.#known !== null) return Promise.resolve(this.#known);
		this.#asking ??= this.#learn().finally(() => {
			this.#asking = null;
		});
		return this.#asking;
	}

	/** What a running server said of itself. The client's word counts more: it is what reads the configuration. */
	heard(version: string): void {
		this.#known ??= version;
	}

	async #learn(): Promise<string | null> {
		try {
			this.#known = await this.#ask();
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			this.#onFailure(`fail2ban's version is not known: ${reason}`);
		}
		return this.#known;
	}
}

/**
 * Asks fail2ban-client for its version.
 * @param client the program
 */
export async function askVersion(run: RunCommand, client: string): Promise<string> {
	const { exit, stdout, stderr } = await run(client, ['-V'], { timeout: 10_000 });
	const version = stdout.trim();
	if (exit === 0 && version !== '') return version;
	throw new Error(`fail2ban-client -V failed (exit ${exit}): ${stderr.trim()}`);
}
