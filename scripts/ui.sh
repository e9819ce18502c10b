# shellcheck shell=bash
# What the script says: progress on a terminal, one line a step elsewhere, always on standard error.

if [[ -t 2 && -z ${NO_COLOR-} && ${TERM-dumb} != dumb ]]; then
  ui_red=$'\e[31m' ui_green=$'\e[32m' ui_yellow=$'\e[33m' ui_faint=$'\e[2m' ui_end=$'\e[0m'
else
  ui_red='' ui_green='' ui_yellow='' ui_faint='' ui_end=''
fi

say() { printf '%s\n' "$*" >&2; }
warn() { printf '%ssandbox:%s %s\n' "$ui_yellow" "$ui_end" "$*" >&2; }

# Usage errors leave with 2, everything else that stops the script with 1.
fail() { printf '%ssandbox:%s %s\n' "$ui_red" "$ui_end" "$*" >&2; exit 1; }
fail_usage() { printf '%ssandbox:%s %s\nTry ./sandbox help.\n' "$ui_red" "$ui_end" "$*" >&2; exit 2; }

# step TITLE LOG COMMAND...: runs a long command with its output in LOG; shows the log's end when it fails.
step() {
  local title=$1 log=$2 code=0 begin=$SECONDS
  shift 2
  mkdir -p -- "$(dirname -- "$log")"
  if [[ -t 2 ]]; then
    # The command in front, so that Ctrl-C ends it; the spinner behind, until it or the whole script is gone.
    spin "$title" "$begin" &
    local spinner=$!
    "$@" </dev/null >"$log" 2>&1 || code=$?
    kill "$spinner" 2>/dev/null || true
    wait "$spinner" 2>/dev/null || true
    printf '\r\e[K' >&2
  else
    say "$title ..."
    "$@" </dev/null >"$log" 2>&1 || code=$?
  fi

  if ((code)); then
    printf '%s%s: failed%s\n' "$ui_red" "$title" "$ui_end" >&2
    tail -n 40 -- "$log" >&2
    say "The whole log: $log"
    return "$code"
  fi
  if [[ -t 2 ]]; then
    printf '%s✓%s %s %s(%d s)%s\n' "$ui_green" "$ui_end" "$title" "$ui_faint" $((SECONDS - begin)) "$ui_end" >&2
  fi
}

spin() {
  local title=$1 begin=$2 i=0
  local -a frames=(⠋ ⠙ ⠹ ⠸ ⠼ ⠴ ⠦ ⠧ ⠇ ⠏)
  while kill -0 $$ 2>/dev/null; do
    printf '\r%s %s %s(%d s)%s ' "${frames[i++ % ${#frames[@]}]}" "$title" "$ui_faint" $((SECONDS - begin)) "$ui_end" >&2
    sleep 0.1
  done
}
