import type { AnswerOf, Endpoints, ParamsOf } from '../../contract/index.ts';
import type {
	BanDetail,
	BanRow,
	CheckRow,
	DefaultValue,
	FilterDetail,
	JailDetail,
	JailPreview,
	JailRow,
	OptionValue,
	Protection,
	Repair,
	SettingValue,
	Status,
	TestAnswer,
} from '../../contract/types.ts';
import { packList } from './address.ts';
import { request, type Waits } from './request.ts';

type Params<K extends keyof Endpoints> = ParamsOf<Endpoints[K]>;
type Answer<K extends keyof Endpoints> = AnswerOf<Endpoints[K]>;

/** The task that does the rest of a call. */
export type Upid = string;

/** What a call that may take long answers. */
export type MaybeTask<T> = T | { upid: Upid };

/** pveproxy refuses a request line above 8 KB. */
export const longestList = 4000;

export function base(node: string): string {
	return `/nodes/${encodeURIComponent(node)}/fail2ban`;
}

/** The address of a list for a store's proxy, which wants errors by HTTP status. */
export function listUrl(
	node: string,
	list: 'status' | 'jails' | 'bans' | 'filters' | 'actions' | 'ignore',
): string {
	return `/api2/json${base(node)}/${list}`;
}

function jailPath(node: string, jail: string): string {
	return `${base(node)}/jails/${encodeURIComponent(jail)}`;
}

export function isTask(answer: unknown): answer is { upid: Upid } {
	return typeof (answer as { upid?: unknown } | null)?.upid === 'string';
}

let client: Promise<string | undefined> | undefined;

/**
 * The address of this browser, a hint for the lockout guard; undefined where the server does not tell. Asked
 * once, from the node that serves the page: on any other the proxying node would be taken for the browser.
 */
export function clientAddress(): Promise<string | undefined> {
	client ??= request<unknown>('GET', '/cluster/fail2ban/client').then(
		(data) => (typeof data === 'string' && data !== '' ? data : undefined),
		() => undefined,
	);
	return client;
}

export async function write<T>(
	method: 'POST' | 'PUT' | 'DELETE',
	path: string,
	params: object,
	waits: Waits,
): Promise<T> {
	return request<T>(method, path, { ...params, client: await clientAddress() }, waits);
}

export function postService(
	node: string,
	command: Params<'postService'>['command'],
	waits?: Waits,
	jail?: string,
	force?: boolean,
): Promise<Upid> {
	return write('POST', `${base(node)}/service`, { command, jail, force }, waits);
}

/** Puts bans that the firewall lost back into it. */
export function postEnforcement(node: string, waits?: Waits, force?: boolean): Promise<Upid> {
	return write('POST', `${base(node)}/enforcement`, { force }, waits);
}

/** The hardening check list, which also looks whether this browser is ignored; or one check of it. */
export async function getChecks(node: string, id?: 'client-ignored'): Promise<CheckRow[]> {
	return request('GET', `${base(node)}/checks`, { client: await clientAddress(), ...(id && { id }) });
}

/** What the wizard asks for; left out: what it would be. */
export interface ProtectionParams {
	preset?: Protection['asked'];
	jails: string;
	ignore: string;
}

export async function getProtection(
	node: string,
	params: Partial<ProtectionParams>,
	waits?: Waits,
): Promise<Protection> {
	return request('GET', `${base(node)}/protection`, { ...params, client: await clientAddress() }, waits);
}

export function applyProtection(
	node: string,
	params: ProtectionParams & { digest?: string; force?: boolean },
	waits?: Waits,
): Promise<Upid> {
	return write('POST', `${base(node)}/protection`, params, waits);
}

export function getHistory(node: string, params: Params<'getHistory'>): Promise<Answer<'getHistory'>> {
	return request('GET', `${base(node)}/history`, params);
}

export function listJails(node: string): Promise<JailRow[]> {
	return request('GET', `${base(node)}/jails`);
}

/** `create`: what a jail of this name would inherit, if it were created. */
export function getJail(node: string, jail: string, waits?: Waits, create?: true): Promise<JailDetail> {
	return request('GET', jailPath(node, jail), { create }, waits);
}

/** Whom the jail would ban with these options, of which `delete` names those to give back. */
export async function previewJail(node: string, jail: string, options: object): Promise<JailPreview> {
	const params = { ...options, client: await clientAddress() };
	return request('GET', `${jailPath(node, jail)}/preview`, params);
}

export function getEffectiveJail(
	node: string,
	jail: string,
	waits?: Waits,
): Promise<Answer<'getEffectiveJail'>> {
	return request('GET', `${jailPath(node, jail)}/effective`, {}, waits);
}

/** Values of jail options by parameter name. */
type JailParams = { [param: string]: string | number | boolean | undefined };

export function createJail(
	node: string,
	params: JailParams,
	waits?: Waits,
): Promise<MaybeTask<Answer<'createJail'>>> {
	return write('POST', `${base(node)}/jails`, params, waits);
}

export function updateJail(
	node: string,
	jail: string,
	params: JailParams,
	waits?: Waits,
): Promise<MaybeTask<Answer<'updateJail'>>> {
	return write('PUT', jailPath(node, jail), params, waits);
}

export function deleteJail(
	node: string,
	jail: string,
	params: Omit<Params<'deleteJail'>, 'jail'>,
	waits?: Waits,
): Promise<MaybeTask<Answer<'deleteJail'>>> {
	return write('DELETE', jailPath(node, jail), params, waits);
}

/** What holds for all jails, and what the server does: two calls of one form. */
export type OptionScope = 'defaults' | 'settings';

/** What both answer, as far as it is shown. */
export interface ScopeOptions {
	digest: string;
	options: { [option: string]: OptionValue & Partial<DefaultValue & SettingValue> };
}

export function getOptions(node: string, scope: OptionScope, waits?: Waits): Promise<ScopeOptions> {
	return request('GET', `${base(node)}/${scope}`, {}, waits);
}

export function updateOptions(
	node: string,
	scope: OptionScope,
	params: object,
	waits?: Waits,
): Promise<MaybeTask<Answer<'updateDefaults'>>> {
	return write('PUT', `${base(node)}/${scope}`, params, waits);
}

/** Every jail that bans the address, network or text. */
export async function jailsBanning(node: string, ip: string, waits?: Waits): Promise<string[]> {
	// a search with a slash is for what lies in a network
	const params: Params<'listBans'> = { search: ip.split('/')[0] ?? '', limit: 1000 };
	const rows = await request<BanRow[]>('GET', `${base(node)}/bans`, params, waits);
	return rows.filter((row) => row.ip === ip).map((row) => row.jail);
}

/** An address, or a network, whose slash no path can hold. */
export function getBan(node: string, ip: string, waits?: Waits): Promise<BanDetail> {
	return request('GET', `${base(node)}/bans/${encodeURIComponent(ip.replace('/', '_'))}`, {}, waits);
}

export function createBans(
	node: string,
	params: Omit<Params<'createBans'>, 'client'>,
	waits?: Waits,
): Promise<Answer<'createBans'>> {
	return write('POST', `${base(node)}/bans`, params, waits);
}

/** Unbans what `params` says: an address, a network, a jail, or everything. */
export function deleteBans(
	node: string,
	params: Params<'deleteBans'>,
	waits?: Waits,
): Promise<MaybeTask<Answer<'deleteBans'>>> {
	return request('DELETE', `${base(node)}/bans`, params, waits);
}

/** Unbans addresses, in one jail or in all; several calls where one address line would be too long. */
export async function unban(node: string, ips: string[], jail?: string, waits?: Waits): Promise<Upid[]> {
	const tasks: Upid[] = [];
	for (const ip of packList(ips, longestList)) {
		const answer = await request('DELETE', `${base(node)}/bans`, { ip, jail }, waits);
		if (isTask(answer)) {
			tasks.push(answer.upid);
		}
	}
	return tasks;
}

export function addIgnore(
	node: string,
	params: Omit<Params<'addIgnore'>, 'client'>,
	waits?: Waits,
): Promise<Answer<'addIgnore'>> {
	return write('POST', `${base(node)}/ignore`, params, waits);
}

/** Entries of one scope, comma separated; a force is asked for first. */
export function removeIgnore(
	node: string,
	ip: string,
	extra: { jail?: string; force?: boolean },
	waits?: Waits,
): Promise<MaybeTask<Answer<'removeIgnore'>>> {
	return write('DELETE', `${base(node)}/ignore`, { ip, ...extra }, waits);
}

function filterPath(node: string, name: string): string {
	return `${base(node)}/filters/${encodeURIComponent(name)}`;
}

export function getFilter(node: string, name: string, waits?: Waits): Promise<FilterDetail> {
	return request('GET', filterPath(node, name), {}, waits);
}

/** POST creates, PUT changes, DELETE removes a filter; all in its .local file. */
export function writeFilter(
	method: 'POST' | 'PUT' | 'DELETE',
	node: string,
	name: string,
	params: object,
	waits?: Waits,
): Promise<unknown> {
	return write(method, filterPath(node, name), params, waits);
}

export function testFilter(node: string, params: object): Promise<TestAnswer> {
	return request('POST', `${base(node)}/test`, params);
}

export function scanLog(node: string, params: object, waits?: Waits): Promise<Upid> {
	return request('POST', `${base(node)}/scan`, params, waits);
}

export function revertChange(
	node: string,
	id: string,
	extra: { force?: boolean } = {},
	waits?: Waits,
): Promise<MaybeTask<object>> {
	return write('POST', `${base(node)}/changes/${id}/revert`, extra, waits);
}

/** Keeps a change that waits for it. One that is lost on its way gives up after 5 s, so that it can be repeated. */
export function confirmChange(node: string, id: string): Promise<unknown> {
	return request('POST', `${base(node)}/changes/${id}/confirm`, {}, undefined, 5000);
}

export function getStatus(node: string): Promise<Status> {
	return request('GET', `${base(node)}/status`);
}

export async function getRepair(node: string, copies: boolean, waits?: Waits): Promise<Repair> {
	return request('GET', `${base(node)}/repair`, { copies, client: await clientAddress() }, waits);
}

export function postRepair(node: string, params: object, waits?: Waits): Promise<Upid> {
	return write('POST', `${base(node)}/repair`, params, waits);
}
