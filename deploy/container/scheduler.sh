#!/bin/sh
# Crawls all offices and updates the index, again and again; INTERVAL is the pause, for sleep(1).
# On SIGTERM the command that runs ends in order, and then this does.
run() {
    "$@" &
    wait $!
}
trap 'trap - TERM; kill -TERM $! && wait $!; exit 143' TERM INT HUP
while :; do
    run communique crawl
    run communique reindex
    run communique status
    run sleep "${INTERVAL:-12h}"
done
