#!/bin/sh
# Before a removal, or an upgrade, which postinstall.sh restarts after.
set -e
case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
units="aggregator.service aggregator.socket aggregator-fetch.timer"
systemctl disable $units >/dev/null 2>&1 || true
if [ -d /run/systemd/system ]; then
	systemctl stop $units aggregator-fetch.service
fi
