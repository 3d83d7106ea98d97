const codes = `Exit codes: 0 success; 1 failure, or an error was found; 2 wrong command line;
3 the helper or fail2ban cannot be reached.
`;

const place = `
Options for a fail2ban that is not the node's own:
  --fail2ban-config DIR   its configuration folder (default: /etc/fail2ban)
  --fail2ban-socket PATH  its socket (default: as configured)
  --fail2ban-bin DIR      folder of fail2ban-client (default: from PATH)
  --state DIR             folder for changes and locks (default: /var/lib/pve-fail2ban)
`;

const socket = `  --socket PATH  socket of the helper (default: /run/pve-fail2ban/helper.sock)
`;

const program = `Usage: pve-fail2ban COMMAND [OPTION]...

  status   what runs, who is banned, what is wrong
  unban    lift bans
  protect  watch the log-ins of this node, and ban addresses that fail too often
  rescue   help if the web interface or the helper cannot be reached
  doctor   check every part and say what to do about it

'pve-fail2ban COMMAND --help' explains a command. Only root can run it.

${codes}`;

const commands: Readonly<Record<string, string>> = {
	status: `Usage: pve-fail2ban status [--json]

Shows the state of fail2ban and its jails. Exits with 1 if fail2ban is not running or an error is found.

  --json         one JSON object: { "status": ..., "jails": [...] }, in the form of the API
${socket}
${codes}`,
	unban: `Usage: pve-fail2ban unban ADDRESS... [--jail JAIL]
       pve-fail2ban unban --jail JAIL
       pve-fail2ban unban --all --yes

Lifts the bans of addresses (in all jails, or in one), of a network (192.0.2.0/24), of a whole jail, or all.
An address that keeps failing is banned again.

  --jail JAIL    only bans of this jail
  --all          every ban of every jail; needs --yes
${socket}
${codes}`,
	protect: `Usage: pve-fail2ban protect [--preset PRESET] [--jails JAIL,...] [--ignore ADDRESS]... [--dry-run | --yes]

Protects log-ins by SSH, by PAM and to the web interface. It shows which files it would change, asks, makes one change, and
runs each filter over its log. Running it again changes nothing. 'pve-fail2ban rescue undo' undoes it.
It works without the web interface, the API and the helper.

  --preset PRESET   standard (default; 5 failures within 10 minutes ban for 1 hour, and longer each time), strict (3 failures
                    within 1 hour, 1 day) or one-attempt (one mistyped password bans for 30 days)
  --jails JAIL,...  only these of sshd, pam-generic, proxmox, proxmox-backup, proxmox-mail, recidive
  --ignore ADDRESS  never ban this address or network, nor this node, its cluster and you; can be repeated
  --no-own-address  do not ignore the address from which you are logged in
  --dry-run         only show the changes
  --yes             do not ask
  --force           continue even if this bans you, a cluster node or the gateway
${place}
${codes}`,
	rescue: `Usage: pve-fail2ban rescue unban-all
       pve-fail2ban rescue undo
       pve-fail2ban rescue stop JAIL

Works without the web interface, the API and the helper. Prints what was done and what is left to do.

  unban-all  lifts every ban of every jail
  undo       undoes the last change made in the web interface (run it again for the one before); refuses if somebody
             edited one of its files since
  stop JAIL  stops a jail and lifts its bans, until fail2ban is next started or reloaded
${place}
${codes}`,
	doctor: `Usage: pve-fail2ban doctor

Checks fail2ban, the helper, the API and the panel. Each line is ok, a warning, or an error with what to do about it.
It changes nothing, and exits with 1 if there is an error.

${socket}${place}
${codes}`,
};

/** The text of --help. @param about a command; any other word and null get the program's */
export function helpText(about: string | null): string {
	return (about !== null && Object.hasOwn(commands, about) ? commands[about] : undefined) ?? program;
}
