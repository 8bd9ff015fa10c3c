#!/bin/sh
# Playwright puts its own words before those of the application, so that no command can stand before the program.
exec setpriv --reuid "$RUN_AS_UID" --regid "$RUN_AS_GID" --clear-groups "$RUN_AS_PROGRAM" "$@"
