#!/bin/sh
# Runs a command where /etc, /usr/share and /var/log are private and show what PVE's unmodified modules look for there.
# Changes nothing of the system. Needs root and PVE_UPSTREAM, see run.
set -eu

if [ "${PVE_TESTS_PRIVATE-}" = '' ]; then
	[ -d "$PVE_UPSTREAM/pve-common" ] || { echo "no checkout of pve-common in $PVE_UPSTREAM" >&2; exit 2; }
	PVE_UPSTREAM=$(readlink -f "$PVE_UPSTREAM")
	export PVE_UPSTREAM PVE_TESTS_PRIVATE=1
	exec unshare --mount --propagation private "$0" "$@"
fi

scratch=$(mktemp -d)
mount -t tmpfs -o mode=755 pve-fail2ban-tests "$scratch"
for folder in etc usr/share; do
	mkdir -p "$scratch/$folder/changed" "$scratch/$folder/work"
	mount -t overlay -o "lowerdir=/$folder,upperdir=$scratch/$folder/changed,workdir=$scratch/$folder/work" \
		pve-fail2ban-tests "/$folder"
done
mount -t tmpfs -o mode=755 pve-fail2ban-tests /var/log

mkdir -p /etc/pve /usr/share/pve-manager /usr/share/perl5/PVE/Storage/Custom \
	/usr/share/javascript/proxmox-widget-toolkit /usr/share/novnc-pve
# PVE::Storage looks for its plugins here, and then loads them from @INC
touch /usr/share/perl5/PVE/Storage/Custom/Fail2banLoader.pm
cp "$PVE_UPSTREAM/pve-manager/www/index.html.tpl" /usr/share/pve-manager/
echo '<html><head></head></html>' > /usr/share/novnc-pve/index.html.tpl
echo '// 1' > /usr/share/javascript/proxmox-widget-toolkit/proxmoxlib.js
exec "$@"
