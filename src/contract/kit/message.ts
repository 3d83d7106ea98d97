import { Type } from '@sinclair/typebox';

/**
 * A text of the helper that a panel can translate: `id` is the English template, with {0}, {1} … for its arguments, and
 * the key in every catalogue.
 */
export interface MessageData {
	id: string;
	args?: MessageArg[];
	/** The template for all counts but one, where the text counts something; `n` is the count. */
	plural?: string;
	n?: number;
}

/** A value that is shown as it is, or a text inside of a text. */
export type MessageArg = string | number | MessageData;

/** Translatable texts by the name of the property that holds the English text. */
export type Messages = { [property: string]: MessageData | MessageData[] };

/** The property `messages` of an answer, beside its English texts. */
export const messages = Type.Optional(
	Type.Unsafe<Messages>(
		Type.Object(
			{},
			{
				additionalProperties: true,
				description:
					'For translation, by property of this object: the template and the arguments of its English text.',
			},
		),
	),
);
