#!/bin/sh
# Boots an unpacked Debian with systemd as its first process, in namespaces of its own: bootMachine.sh ROOT
# Nothing of it stays: what it writes is in memory, its network has no way out, and the host's kernel settings and
# control groups are out of its reach. Root is needed.
set -eu

root=$1
here=$(readlink -f "$0")
# the mount must not hide this script and the Debian
case "$here $root" in
*/tmp/*) box=/mnt ;;
*) box=/tmp ;;
esac

case "${2:-outer}" in
outer)
	# The mounts below are seen by this process and its children only.
	exec unshare --mount --propagation private -- "$here" "$root" groups
	;;
groups)
	mount -t tmpfs box $box
	mkdir $box/groups $box/written $box/work $box/root
	mount -t cgroup2 groups $box/groups
	group=$box/groups/pve-fail2ban-test-$$
	mkdir "$group"
	echo $$ >"$group/cgroup.procs"
	unshare --cgroup --pid --net --uts --ipc --mount --fork --kill-child -- "$here" "$root" first || true
	echo $$ >$box/groups/cgroup.procs
	find "$group" -depth -type d -exec rmdir {} +
	;;
first)
	mkdir $box/upper && mount -t tmpfs upper $box/upper
	mkdir $box/upper/upper $box/upper/work
	mount -t overlay machine -o "lowerdir=$root,upperdir=$box/upper/upper,workdir=$box/upper/work" $box/root
	umount $box/groups
	cd $box/root
	mount -t proc proc proc
	mount --bind proc/sys proc/sys
	mount -o remount,bind,ro proc/sys
	mount -t sysfs -o ro sysfs sys
	mount -t cgroup2 cgroup sys/fs/cgroup
	mount -t tmpfs -o mode=755 dev dev
	for device in null zero full random urandom tty; do
		touch dev/$device
		mount --bind /dev/$device dev/$device
	done
	mkdir dev/pts dev/shm
	mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
	mount -t tmpfs -o mode=755 run run
	mount -t tmpfs -o mode=1777 tmp tmp
	echo pve1 >etc/hostname
	mkdir -p run/host
	pivot_root . run/host
	umount -l /run/host
	exec /usr/bin/env -i container=pve-fail2ban-test PATH=/usr/sbin:/usr/bin \
		setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-syslog,-wake_alarm \
		/lib/systemd/systemd --log-target=journal --show-status=no </dev/null >/dev/null 2>&1
	;;
esac
