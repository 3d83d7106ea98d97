import type { Static } from '@sinclair/typebox';
import type { actionDetail, actionRow } from './actions.ts';
import type { banEvent, banOfJail, banRow, getBan } from './bans.ts';
import type { changeRow, getChangeStatus } from './changes.ts';
import type { checkRow } from './checks.ts';
import type { defaultValue, getDefaults } from './defaults.ts';
import type { enforcementRow } from './enforcement.ts';
import type { fileRow, getFile, updateFile } from './files.ts';
import type { filterRow, filterUse, filterWarning, getFilter } from './filters.ts';
import type { ignoreRow } from './ignore.ts';
import type {
	getJailConfig,
	jailRow,
	optionValue,
	previewedAddress,
	previewJail,
	valueOrigin,
} from './jails.ts';
import type { AnswerOf } from './kit/endpoint.ts';
import type { getStatus, pendingOption, problem } from './overview.ts';
import type {
	getProtection,
	protectionFile,
	protectionIgnore,
	protectionJail,
	protectionPreset,
} from './protection.ts';
import type { getRepair, repairFinding } from './repair.ts';
import type { getSettings, settingValue } from './settings.ts';
import type { testFilter, testLine, testRegex, testSpan } from './workbench.ts';

/** The rows and records of the answers, for both sides. */
export type ActionRow = Static<typeof actionRow>;
export type ActionDetail = Static<typeof actionDetail>;
export type CheckRow = Static<typeof checkRow>;
export type EnforcementRow = Static<typeof enforcementRow>;
export type BanRow = Static<typeof banRow>;
export type FilterRow = Static<typeof filterRow>;
export type FilterDetail = AnswerOf<typeof getFilter>;
export type FilterUse = Static<typeof filterUse>;
export type FilterWarning = Static<typeof filterWarning>;
export type BanDetail = AnswerOf<typeof getBan>;
export type BanOfJail = Static<typeof banOfJail>;
export type BanEvent = Static<typeof banEvent>;
export type IgnoreRow = Static<typeof ignoreRow>;
export type JailRow = Static<typeof jailRow>;
export type JailDetail = AnswerOf<typeof getJailConfig>;
export type OptionValue = Static<typeof optionValue>;
export type JailPreview = AnswerOf<typeof previewJail>;
export type PreviewedAddress = Static<typeof previewedAddress>;
export type ValueOrigin = Static<typeof valueOrigin>;
export type Status = AnswerOf<typeof getStatus>;
export type PendingOption = Static<typeof pendingOption>;
export type Problem = Static<typeof problem>;
export type TestAnswer = AnswerOf<typeof testFilter>;
export type TestLine = Static<typeof testLine>;
export type TestRegex = Static<typeof testRegex>;
export type TestSpan = Static<typeof testSpan>;
export type FileRow = Static<typeof fileRow>;
export type OpenedFile = AnswerOf<typeof getFile>;
export type FileChange = AnswerOf<typeof updateFile>;
export type ChangeRow = Static<typeof changeRow>;
export type ChangeDetail = AnswerOf<typeof getChangeStatus>;
export type Defaults = AnswerOf<typeof getDefaults>;
export type DefaultValue = Static<typeof defaultValue>;
export type Protection = AnswerOf<typeof getProtection>;
export type ProtectionPreset = Static<typeof protectionPreset>;
export type ProtectionJail = Static<typeof protectionJail>;
export type ProtectionIgnore = Static<typeof protectionIgnore>;
export type ProtectionFile = Static<typeof protectionFile>;
export type Settings = AnswerOf<typeof getSettings>;
export type SettingValue = Static<typeof settingValue>;
export type Repair = AnswerOf<typeof getRepair>;
export type RepairFinding = Static<typeof repairFinding>;
