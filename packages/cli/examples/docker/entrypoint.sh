#!/bin/sh
# Clears the locks that an earlier container has left on the volume, then becomes the command.
set -eu

# --boot: nothing uses the volume yet, in this container or in another one. Where that is not so, leave --boot out.
# What needs a human is printed, and must not keep OpenClaw from starting.
openclaw-locks sweep --boot >&2 || echo "entrypoint: locks need attention (exit status $?); starting all the same" >&2

# Not a child of this shell: signals reach it, and its exit status is the container's.
exec "$@"
