import type { Release } from './fail2ban.ts';
import { runPython } from './pythonConfig.ts';

/** A filter as a jail would have it. */
export interface TriedFilter {
	/** Its name in filter.d. */
	filter: string;
	/** Its parameters, e.g. `{ mode: 'aggressive' }`. */
	parameters?: Record<string, string>;
	/** Options of the jail, which add to the filter's or stand for it. */
	ignoreregex?: readonly string[];
	journalmatch?: string;
}

/** Lines to try a filter on: a journal, told apart by the process ids of its entries, or the lines of a log file. */
export type TriedLines = { journal: string } | { lines: readonly string[] };

/**
 * Reads the configuration, the journal and the lines with fail2ban's own classes, in the order of the server. A name
 * that would be looked up is not; it counts as an address that was found.
 */
const engine = `
import json, logging, sys
from fail2ban.client.filterreader import FilterReader
from fail2ban.server.filter import FileFilter
from fail2ban.server.filtersystemd import FilterSystemd
from fail2ban.server.ipdns import DNSUtils, IPAddr

logging.getLogger('fail2ban').setLevel(logging.CRITICAL)
task = json.load(sys.stdin)
DNSUtils.textToIp = staticmethod(lambda text, usedns: [IPAddr(text, IPAddr.CIDR_RAW)])


class Jail:
    name = 'tried'
    database = None


def build(tried, source):
    made = FilterSystemd(Jail(), journalpath=source['journal']) if 'journal' in source else FileFilter(Jail())
    reader = FilterReader(tried['filter'], 'tried', tried.get('parameters', {}), basedir=task['config'])
    reader.read()
    reader.getOptions({})
    set_one = {
        'addfailregex': made.addFailRegex,
        'addignoreregex': made.addIgnoreRegex,
        'prefregex': lambda value: setattr(made, 'prefRegex', value),
        'maxlines': lambda value: made.setMaxLines(int(value)),
        'datepattern': made.setDatePattern,
    }
    match = None
    for command in reader.convert():
        option, values = command[2], command[3:]
        if option == 'addjournalmatch':
            match = values
        else:
            for value in values[0] if command[0] == 'multi-set' else values:
                set_one[option](value)
    for value in tried.get('ignoreregex', []):
        made.addIgnoreRegex(value)
    match = tried['journalmatch'].split() if 'journalmatch' in tried else match
    if 'journal' in source and match:
        made.addJournalMatch(match)
    made.checkFindTime = False
    # it would look up the names of this machine
    made.ignoreSelf = False
    return made


def entries(made, source):
    if 'journal' in source:
        for entry in made._FilterSystemd__journal:
            yield (str(entry['_PID']), made.formatJournalEntry(entry))
    else:
        for number, line in enumerate(source['lines']):
            yield (str(number), (line, None))


answers = []
for source, filters in task['tries']:
    for tried in filters:
        made, found = build(tried, source), {}
        for key, (line, time) in entries(made, source):
            made.failManager.addFailure = lambda ticket, *_, **__: found.setdefault(key, []).append(str(ticket.getID())) or 0
            made.processLineAndAdd(line, time)
        answers.append(found)
json.dump(answers, sys.stdout)
`;

/** For each filter of each try, in order: the addresses that count, by process id or by the number of the line. */
export function tryFilters(
	release: Release,
	config: string,
	tries: readonly (readonly [TriedLines, readonly TriedFilter[]])[],
): Map<number, string[]>[] {
	const answers = runPython<Record<string, string[]>[]>(release, engine, { config, tries });
	return answers.map((found) => new Map(Object.entries(found).map(([key, ids]) => [Number(key), ids])));
}
