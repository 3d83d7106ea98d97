import type { ParamsOf } from '../../../contract/kit/endpoint.ts';
import type { getProtection } from '../../../contract/protection.ts';
import { formatNetwork, parseNetwork, splitList } from '../../addresses/addresses.ts';
import { isTrue } from '../../config/pythonValues.ts';
import type { ConfigSnapshot } from '../../files/ConfigFiles.ts';
import { invalidParams } from '../../kit/errors.ts';
import { enumerate, msg } from '../../kit/message.ts';
import type { IgnoreStamp } from '../edit/ignoreLines.ts';
import { refuseTooWide, wideEntries } from '../edit/refuseTooWide.ts';
import {
	type AddressFacts,
	chosenAddresses,
	type IgnoreProposal,
	ignoreProposals,
} from './ignoreProposals.ts';
import { type JailChoice, jailChoices, protectionJails } from './jailChoices.ts';
import type { NodeFacts } from './nodeFacts.ts';
import { type PlanInput, presetOf } from './plan.ts';
import { type Preset, presetById, standard } from './presets.ts';

export type ProtectionParams = ParamsOf<typeof getProtection>;

/** A call as it is meant on this node. */
export interface ProtectionRequest {
	choices: JailChoice[];
	/** Names of the jails to enable. */
	chosen: string[];
	ignore: IgnoreProposal[];
	/** The preset that holds today. */
	present: Preset | null;
	input: PlanInput;
}

export interface RequestFacts {
	node: NodeFacts;
	addresses: AddressFacts;
	stamp: IgnoreStamp;
}

/**
 * What a call asks for, with what it leaves out filled in: the preset that holds today, else Standard; the jails that
 * are enabled by a preset, else all that this node offers; the proposed addresses.
 * Throws ApiError 400 that names the parameter.
 */
export function readRequest(
	snapshot: ConfigSnapshot,
	params: ProtectionParams,
	{ node, addresses, stamp }: RequestFacts,
): ProtectionRequest {
	const choices = jailChoices(snapshot, node);
	const present = presetOf(
		snapshot.jails,
		choices.map(({ jail }) => jail),
	);
	const preset = params.preset === undefined ? (present ?? standard) : presetById(params.preset);
	const chosen =
		params.jails === undefined ? usual(snapshot, choices, present) : named(params.jails, choices);
	const asked = params.ignore === undefined ? undefined : literal(params.ignore);
	const ignore = ignoreProposals(snapshot, addresses, chosen, asked);
	const input: PlanInput = {
		preset,
		choices: choices.filter(({ jail }) => chosen.includes(jail)),
		ignore: chosenAddresses(ignore, addresses.user),
		stamp,
	};
	return { choices, chosen, ignore, present, input };
}

function usual({ jails }: ConfigSnapshot, choices: readonly JailChoice[], present: Preset | null): string[] {
	const able = choices.filter(({ reason }) => reason === null).map(({ jail }) => jail);
	if (present === null) return able;
	return able.filter((jail) => isTrue(jails.option(jail, 'enabled')?.value));
}

function named(list: string, choices: readonly JailChoice[]): string[] {
	const names = [...new Set(splitList(list))];
	for (const name of names) {
		if (!protectionJails.includes(name))
			throw invalidParams({
				jails: msg("Jail '{0}' cannot be set up here; use {1}.", name, enumerate(protectionJails, 10, 'or')),
			});
		const choice = choices.find(({ jail }) => jail === name);
		if (choice === undefined)
			throw invalidParams({
				jails: msg("Jail '{0}' cannot be enabled: what it protects is not installed on this node.", name),
			});
		if (choice.reason !== null) throw invalidParams({ jails: msg('{0}: {1}', name, choice.reason) });
	}
	if (names.length === 0) throw invalidParams({ jails: msg('Select at least one jail.') });
	return choices.map(({ jail }) => jail).filter((jail) => names.includes(jail));
}

function literal(list: string): string[] {
	return splitList(list).map((text) => {
		const network = parseNetwork(text);
		if (network === null)
			throw invalidParams({
				ignore: msg("'{0}' is not a valid IP address or network, e.g. 192.0.2.17 or 10.0.0.0/24.", text),
			});
		return formatNetwork(network);
	});
}

/** As on the Ignore List: a good part of the Internet only by root@pam, who insists. Throws ApiError 403 or 409. */
export function refuseWideRequest({ input }: ProtectionRequest, root: boolean, force: boolean): void {
	refuseTooWide(wideEntries(input.ignore.map(({ address }) => address)), 'ignore', { root, force });
}
