#!/bin/sh
# The command line of the installed product, on the Node that it carries.
here=$(dirname "$(readlink -f "$0")")
unset NODE_OPTIONS
exec "$here/node" "$here/../platform/cli/boot/index.mjs" "$@"
