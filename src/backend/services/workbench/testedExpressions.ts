import type { EffectiveFilter } from '../../config/effectiveFilter.ts';
import type { TestedExpressions } from '../../runs/LineSource.ts';
import type { TestSource } from './testSource.ts';

/** What the lines of a source are matched with. */
export function testedExpressions(filter: EffectiveFilter, source: TestSource): TestedExpressions {
	const { prefregex, failregex, ignoreregex, datepattern, maxlines, usedns } = filter;
	const auto = /^(?:auto)?$/i.test(source.logencoding);
	const encoding = auto ? 'UTF-8' : source.logencoding;
	const { logtimezone } = source;
	return { prefregex, failregex, ignoreregex, datepattern, maxlines, usedns, logtimezone, encoding };
}
