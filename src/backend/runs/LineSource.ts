/** Log lines as the programs of this folder read them. Times are Unix seconds, 0: no limit. */
export type LineSource =
	| {
			kind: 'journal';
			/** Arguments of fail2ban's systemd backend, e.g. journalpath. */
			args: Record<string, string>;
			/** Alternatives of fields, `+` between alternatives of one. */
			matches: string[][];
			/** A test tells which entries these, too, would read; none or undefined: all. */
			read?: string[][];
			since: number;
	  }
	| {
			kind: 'files';
			/** Absolute paths; `*`, `?` and `[…]` are patterns. */
			patterns: string[];
			/** Folders in which the files must really stand, reached by no link; null: anywhere. */
			below: readonly string[] | null;
			since: number;
	  }
	| { kind: 'text'; text: string };

/** What the lines are matched with, everything filled in. */
export interface TestedExpressions {
	prefregex: string;
	failregex: string[];
	ignoreregex: string[];
	/** Empty: fail2ban's own. */
	datepattern: string;
	maxlines: number;
	usedns: string;
	logtimezone: string;
	/** A name that Python knows. */
	encoding: string;
}
