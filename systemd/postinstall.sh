#!/bin/sh
# After an install or an upgrade: deb calls it with configure and the version before,
# rpm with the number of versions that are there.
set -e
systemd-sysusers aggregator.conf
chgrp aggregator /etc/aggregator/config.yaml

first=no
case "$1:${2:-}" in configure: | 1:) first=yes ;; esac
if [ $first = yes ]; then
	# Enabled where the system enables what is installed, as Debian does.
	systemctl preset aggregator.service >/dev/null 2>&1 || true
fi
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload
if [ $first = no ]; then
	systemctl try-restart aggregator.service
elif systemctl is-enabled --quiet aggregator.service; then
	if command -v deb-systemd-invoke >/dev/null; then
		deb-systemd-invoke start aggregator.service # where policy-rc.d allows
	else
		systemctl start aggregator.service
	fi
fi
