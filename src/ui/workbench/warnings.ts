import type { FilterDetail } from '../../contract/types.ts';
import { markLine } from '../kit/testLine.ts';
import { encode, formatHtml } from '../kit/text.ts';

const icon = '<i class="fa fa-exclamation-triangle"></i> ';

/** A log line with the address that it forges on the ground of addresses. */
function proof(sample: string, address: string | null): Encoded {
	const start = address === null ? -1 : sample.indexOf(address);
	const spans = start < 0 ? [] : [{ start, end: start + (address ?? '').length, name: 'ip' }];
	return `<div style="font:12px monospace;overflow-wrap:anywhere">${markLine(sample, spans)}</div>`;
}

/** What is wrong with the filter as it is saved, as far as `changed` options do not overtake it; HTML. */
export function warningsHtml(filter: FilterDetail | undefined, changed: string[]): Encoded {
	const standing = (filter?.warnings ?? []).filter(({ option }) => !changed.includes(option));
	const lines = standing.map(({ option, index, text, sample, address }) => {
		const where = option === 'filter' ? '' : `<b>${encode(option)} ${index + 1}</b>: `;
		return `<div>${icon}${where}${encode(text)}</div>${sample === null ? '' : proof(sample, address)}`;
	});
	const text = `${filter?.problem ? icon + encode(filter.problem) : ''}${lines.join('')}`;
	return (
		text && `<div>${formatHtml(gettext("Warnings for the saved filter '{0}':"), filter?.name)}</div>${text}`
	);
}
