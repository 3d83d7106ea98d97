import type { Static } from '@sinclair/typebox';
import type { banRow } from './bans.ts';
import type { AnswerOf } from './endpoint.ts';
import type { ignoreRow } from './ignore.ts';
import type { getJail, jailRow, optionValue, valueOrigin } from './jails.ts';
import type { getStatus, pendingOption, problem } from './status.ts';

/** The rows and records of the answers, for both sides. */
export type BanRow = Static<typeof banRow>;
export type IgnoreRow = Static<typeof ignoreRow>;
export type JailRow = Static<typeof jailRow>;
export type JailDetail = AnswerOf<typeof getJail>;
export type OptionValue = Static<typeof optionValue>;
export type ValueOrigin = Static<typeof valueOrigin>;
export type Status = AnswerOf<typeof getStatus>;
export type PendingOption = Static<typeof pendingOption>;
export type Problem = Static<typeof problem>;
