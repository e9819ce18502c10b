#!/bin/bash
# Stands in for the SDK in tests of the script: "publishes" the stand-ins for the programs.
set -eu
case $1 in
  --version) echo 10.0.100 ;;
  publish)
    [[ -z ${FAKE_BUILD_FAILS-} ]] || { echo "error CS0001: it does not compile"; exit 1; }
    arguments="$*"
    output=${arguments##* -o }
    output=${output%% *}
    mkdir -p "$output"
    echo "${2##*/}" >>"$FAKE_CLONE/publishes"
    case $2 in
      *.Api) cp "$FAKE_CLONE/fake-server.py" "$output/Sandbox.Api" ;;
      *.Agent) printf '#!/bin/sh\n' >"$output/sandbox-agent" ;;
      *.Cli)
        # shellcheck disable=SC2016 # expanded when it runs
        printf '#!/bin/sh\necho "client $* data=$SANDBOX_DATA"\nexit 7\n' >"$output/sandbox"
        ;;
    esac
    chmod +x "$output"/*
    ;;
esac
