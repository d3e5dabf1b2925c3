#!/bin/sh
# After a removal. What was fetched stays in /var/lib/aggregator: nobody has it twice.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
if [ "$1" = purge ] && [ -d /var/lib/aggregator ]; then
	echo "The articles stay in /var/lib/aggregator; delete it when they are not wanted." >&2
fi
