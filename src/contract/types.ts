import type { Static } from '@sinclair/typebox';
import type { banRow } from './bans.ts';
import type { AnswerOf } from './endpoint.ts';
import type { filterParameter, filterRow, filterUse, filterWarning, getFilter } from './filters.ts';
import type { ignoreRow } from './ignore.ts';
import type { getJail, jailRow, optionValue, valueOrigin } from './jails.ts';
import type { getStatus, pendingOption, problem } from './status.ts';
import type { testFilter, testLine, testRegex, testSpan } from './test.ts';

/** The rows and records of the answers, for both sides. */
export type BanRow = Static<typeof banRow>;
export type FilterRow = Static<typeof filterRow>;
export type FilterDetail = AnswerOf<typeof getFilter>;
export type FilterUse = Static<typeof filterUse>;
export type FilterParameter = Static<typeof filterParameter>;
export type FilterWarning = Static<typeof filterWarning>;
export type IgnoreRow = Static<typeof ignoreRow>;
export type JailRow = Static<typeof jailRow>;
export type JailDetail = AnswerOf<typeof getJail>;
export type OptionValue = Static<typeof optionValue>;
export type ValueOrigin = Static<typeof valueOrigin>;
export type Status = AnswerOf<typeof getStatus>;
export type PendingOption = Static<typeof pendingOption>;
export type Problem = Static<typeof problem>;
export type TestAnswer = AnswerOf<typeof testFilter>;
export type TestLine = Static<typeof testLine>;
export type TestRegex = Static<typeof testRegex>;
export type TestSpan = Static<typeof testSpan>;
