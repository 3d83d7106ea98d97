import type { Setting } from '../../config/layers.ts';
import { joinPath } from '../../config/paths.ts';
import { copiedOptions, type OptionPlace } from '../../config/reduceCopy.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';

/** An admin repeats some values of jail.conf on purpose; only a copy repeats so many. */
const fewest = 40;

/** A value of the copy and the one that would hold without it. */
interface Overridden {
	/** A jail, or DEFAULT. */
	section: string;
	option: string;
	winner: Setting;
	loser: Setting;
}

export interface CopiedDefaults {
	/** Options that jail.local sets at all. */
	total: number;
	/** Those that are jail.conf's own. */
	copied: number;
	/** Copied options that only repeat what holds anyway, and those that beat what a jail says of itself. */
	needless: OptionPlace[];
	/** Copied values of a jail that win over another file's. */
	overridden: Overridden[];
}

/** What a jail.local that was made by `cp jail.conf jail.local` does; null: it is no such copy. */
export function copiedDefaults({ jails, root }: ConfigSnapshot): CopiedDefaults | null {
	const local = joinPath(root, 'jail.local');
	const copy = jails.reading.document(local);
	const model = jails.reading.document(joinPath(root, 'jail.conf'));
	if (copy === undefined || model === undefined || copy.errors.length + model.errors.length > 0) return null;
	const same = copiedOptions(copy, model);
	if (same.length < fewest) return null;
	const total = copy.sections().flatMap((section) => copy.options(section)).length;
	const needless: OptionPlace[] = [];
	const overridden: Overridden[] = [];
	for (const place of same) {
		const { section, option } = place;
		const settings = jails.merged.settings(section, option);
		const at = settings.findIndex(({ file }) => file === local);
		const [loser, winner] = [settings[at - 1], settings[at]];
		// each file of an include has [INCLUDES] of its own, which beats nothing
		const repeats =
			section === 'INCLUDES' || loser === undefined || winner === undefined || loser.raw === winner.raw;
		// in [DEFAULT] it holds for all jails that say nothing, so without it they would change
		if (!repeats && section === 'DEFAULT') continue;
		needless.push(place);
		const wins = settings.at(-1)?.file === local;
		if (!repeats && wins) overridden.push({ section, option, winner, loser });
	}
	return { total, copied: same.length, needless, overridden };
}
