import type { OptionValue, ValueOrigin } from '../../../contract/types.ts';
import type { ResolvedOption, ResolvedSetting } from '../../config/layers.ts';
import type { Place } from '../../config/placement.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { relative } from '../kit/relativePath.ts';
import { hideValues, maskSecrets } from '../kit/secrets.ts';

export interface DetailRequest {
	snapshot: ConfigSnapshot;
	option: string;
	found: ResolvedOption | undefined;
	place: Place;
	/** The section that a change would be written to. */
	section: string;
	/** The caller may set it where no other file is in the way. */
	may: boolean;
	/** Values that the caller may not see; null: sees all. */
	secrets: readonly string[] | null;
	/** What fail2ban does where no file says anything. */
	fallback: string | null;
}

/** An option of [DEFAULT] or of the server with its origin, in the form in which a jail's option is answered. */
export function settingDetail(request: DetailRequest): OptionValue {
	const { snapshot, option, found, place, section, may, secrets, fallback } = request;
	const { root } = snapshot;
	const show = (value: string) =>
		secrets === null ? value : hideValues(maskSecrets(option, value), secrets);
	const origin = ({ value, raw, file, line }: ResolvedSetting): ValueOrigin => ({
		value: value === null ? null : show(value),
		raw: show(raw),
		file: relative(root, file),
		line,
	});
	const none = { value: fallback, raw: null, file: null, line: null };
	const blocked = 'blockedBy' in place ? place.blockedBy : null;
	const rest = {
		own: found !== undefined && 'file' in place && found.file === place.file && found.section === section,
		editable: may && blocked === null,
		'blocked-by': blocked && { file: relative(root, blocked.file), line: blocked.line },
		target: 'file' in place ? relative(root, place.file) : null,
	};
	if (found === undefined) return { ...none, origin: 'default', overrides: [], ...rest };
	const overrides = found.overrides.map(origin);
	return {
		...origin(found),
		origin: found.file.endsWith('.local') ? 'admin' : 'stock',
		overrides: overrides.length === 0 && fallback !== null ? [none] : overrides,
		...rest,
	};
}
