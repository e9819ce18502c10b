# shellcheck shell=bash
# Starts and stops the server of a data folder: one process, or several members. Each makes operator.key, where there is
# none, and its server.json (server-2.json, ...) there, and holds a lock on its server.lock for as long as it lives.

default_port=8080
most_members=8
start_patience=120
stop_patience=30

use_data() {
  data=$(realpath -m -- "$1")
  export SANDBOX_DATA=$data
}

# member_file NAME EXTENSION MEMBER: what the first member has is named as where there is only one.
member_file() { (($3 == 1)) && printf '%s' "$data/$1.$2" || printf '%s' "$data/$1-$3.$2"; }

# server_fact KEY [MEMBER]: of its server.json, which the server writes whole or not at all.
server_fact() {
  local text file
  file=$(member_file server json "${2-1}")
  [[ -r $file ]] && text=$(<"$file") || return 1
  [[ $text =~ \"$1\"[[:space:]]*:[[:space:]]*\"?([^\",}[:space:]]+) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

# True for a process that is a Sandbox server, so that a number used again by another program is never taken for it.
is_server_process() {
  local -a words
  local word
  [[ $1 =~ ^[1-9][0-9]*$ && -r /proc/$1/cmdline ]] || return 1
  mapfile -d '' -t words <"/proc/$1/cmdline" 2>/dev/null || return 1
  for word in "${words[@]:0:2}"; do
    [[ ${word##*/} == Sandbox.Api || ${word##*/} == Sandbox.Api.dll ]] && return 0
  done
  return 1
}

is_locked() { [[ -e $1 ]] && ! flock -n -- "$1" true 2>/dev/null; }

# The process id of a member of this data folder's server; fails where it is not up.
server_pid() {
  local pid
  pid=$(server_fact pid "$1") && is_server_process "$pid" && is_locked "$(member_file server lock "$1")" && printf '%s' "$pid"
}

# The first member that is up; fails where none is.
server_up() {
  local member
  for ((member = 1; member <= most_members; member++)); do
    server_pid "$member" >/dev/null && printf '%s' "$member" && return
  done
  return 1
}

# GET a path without needing curl; succeeds on 200.
answers() {
  local address=${1#http://} status
  address=${address%%/*}
  (
    exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || exit 1
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$address" >&3
    IFS= read -r -t 5 status <&3
    [[ $status == HTTP/1.?\ 200* ]]
  ) 2>/dev/null
}

is_port_used() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start_server() {
  local detach='' port=$default_port members='' member up
  while (($#)); do
    case $1 in
      --detach) detach=1 ;;
      --port) (($# > 1)) || fail_usage "--port needs a number"; port=$2; shift ;;
      --port=*) port=${1#*=} ;;
      --members) (($# > 1)) || fail_usage "--members needs a number"; members=$2; shift ;;
      --members=*) members=${1#*=} ;;
      --data) (($# > 1)) || fail_usage "--data needs a folder"; use_data "$2"; shift ;;
      --data=*) use_data "${1#*=}" ;;
      -h | --help) usage; return ;;
      *) fail_usage "up does not know '$1'" ;;
    esac
    shift
  done
  if [[ ! $port =~ ^[0-9]{1,5}$ ]] || ((10#$port > 65535)); then
    fail_usage "'$port' is not a port: 0 to 65535"
  fi
  port=$((10#$port))
  if [[ -n $members && (! $members =~ ^[0-9]$ || $members -lt 1 || $members -gt $most_members) ]]; then
    fail_usage "'$members' is not a number of members: 1 to $most_members"
  fi
  [[ ${members:-1} == 1 || -n $detach ]] || fail_usage "--members needs --detach"

  is_up_already "$members" && return
  ensure_host
  ensure_root_for_server
  ensure_built agent api cli
  make_data_folder
  # Whoever starts second waits here and then finds the server up. The server must not inherit the lock.
  exec 8>"$data/start.lock"
  flock 8
  is_up_already "$members" && return
  if up=$(server_up); then
    port=$(server_port "$up")
    members=$(server_fact members "$up") || members=1
    [[ -n $detach ]] || fail "one member of the server is down; to start it: ./sandbox up --detach --data $data"
  elif ((port != 0)) && is_port_used "$port"; then
    fail "port $port is in use by another program. Choose one: ./sandbox up --port 8081 (0: any free one)"
  fi
  members=${members:-1}
  for ((member = 1; member <= members; member++)); do
    server_pid "$member" >/dev/null && continue
    launch "$port" "$detach" "$member" "$members"
    # All share the port of the first.
    ((members == 1)) || port=$(server_port "$member")
  done
}

server_port() {
  local url
  url=$(server_fact url "$1") && printf '%s' "${url##*:}"
}

# is_up_already MEMBERS: true where as many are up as shall be; how many that are changes only when none is.
is_up_already() {
  local member up count
  up=$(server_up) || return 1
  count=$(server_fact members "$up") || count=1
  [[ ${1:-$count} == "$count" ]] || fail "the server is up with $count member(s) (data folder $data); stop it first: ./sandbox down --data $data"
  for ((member = 1; member <= count; member++)); do
    server_pid "$member" >/dev/null || return 1
  done
  say "The server is up already: $(server_fact url "$up") (data folder $data)"
}

ensure_root_for_server() {
  is_root || can_sudo || fail "the server needs root, and sudo cannot be used here.
Without root, the limits of memory, processors and processes cannot be enforced on this host, nor can each sandbox have
user ids of its own. What cannot be enforced is refused, not skipped. Start it as root:
  sudo $root/sandbox up --detach --data $data"
}

# The folder holds the operator's key and all state: nobody else looks in. It is the caller's also where the server is root's.
make_data_folder() {
  [[ -d $data ]] || (umask 077 && mkdir -p -- "$data") || fail "the data folder $data cannot be made"
  [[ -w $data ]] || fail "the data folder $data is not writable by $(id -un); it may have been made as another user: choose another with --data"
}

# server_command PORT MEMBER MEMBERS
server_command() {
  printf '%s\0' env "Sandbox__DataDirectory=$data" "Sandbox__AgentDirectory=$published/agent" "Sandbox__Member=$2" "Sandbox__Members=$3" \
    "ASPNETCORE_URLS=http://127.0.0.1:$1" "DOTNET_ROOT=${DOTNET_ROOT-}" "$(program api)"
}

# launch PORT DETACH MEMBER MEMBERS
launch() {
  local port=$1 detach=$2 member=$3 members=$4 pid log
  local -a command
  log=$(member_file server log "$member")
  mapfile -d '' -t command < <(server_command "$port" "$member" "$members")
  rm -f -- "$(member_file server json "$member")"
  if [[ -n $detach ]]; then
    [[ -e $log ]] && mv -f -- "$log" "$log.previous"
    : >"$log"
    # Its own session, so that neither the terminal's end nor its Ctrl-C reaches it. setsid and env replace
    # themselves: the number is the server's own.
    # shellcheck disable=SC2016 # expanded by the inner shell
    pid=$(as_root "starts the server, which makes the sandboxes" bash -c \
      'cd -- "$1" && log=$2 && shift 2 && { setsid "$@" </dev/null >>"$log" 2>&1 8>&- & } && echo $!' \
      sandbox-up "$published/api" "$log" "${command[@]}" 8>&-) || fail "the server could not be started"
    await_ready "$pid" "$log" "$member"
    say "Sandbox is up at $(server_fact url "$member") (data folder $data; log $log)"
  else
    run_in_foreground "${command[@]}"
  fi
}

# The data folder keeps the key private to its owner: where root's server made it, it is handed to the caller.
hand_over_key() {
  is_root || [[ -r $data/operator.key ]] || as_root "hands the operator key to $(id -un)" chown "$(id -u):$(id -g)" "$data/operator.key"
}

# is_up PID [MEMBER]: ready, and it is the one just started.
is_up() {
  local url
  [[ $(server_fact pid "${2-1}") == "$1" ]] && url=$(server_fact url "${2-1}") && answers "$url" /health/ready
}

await_ready() {
  local pid=$1 log=$2 member=$3 end=$((SECONDS + start_patience))
  until is_up "$pid" "$member"; do
    if [[ ! -d /proc/$pid ]]; then
      tail -n 30 -- "$log" >&2
      fail "the server ended while starting; its log: $log"
    elif ((SECONDS >= end)); then
      tail -n 30 -- "$log" >&2
      terminate "$pid"
      fail "the server was not ready within $start_patience s and was stopped; its log: $log"
    fi
    sleep 0.05
  done
  hand_over_key
}

# The server's output is ours. Our signals become a clean stop; the terminal's Ctrl-C may reach it by itself as well.
run_in_foreground() {
  local child code=0 pid=''
  is_root || sudo -n true 2>/dev/null || sudo -v -p "[sudo] password of %u, to start the server, which makes the sandboxes: " || fail "sudo refused"
  # Replaces the subshell, so that a signal to it is a signal to the server (or to sudo, which passes it on).
  (
    cd -- "$published/api" || exit
    if is_root; then exec "$@"; else exec sudo "$@"; fi
  ) 8>&- &
  child=$!
  trap 'stop_ours "$child"' INT TERM HUP
  while kill -0 "$child" 2>/dev/null; do
    pid=$(server_fact pid) && is_up "$pid" && break
    sleep 0.05
  done
  if kill -0 "$child" 2>/dev/null; then
    hand_over_key
    say "Sandbox is up at $(server_fact url) (data folder $data). Ctrl-C stops it."
  fi
  exec 8>&-
  wait "$child" || code=$?
  # A trapped signal ends the first wait, not the server.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child" || code=$?
  done
  ((code == 143 || code == 130)) && code=0
  return "$code"
}

stop_ours() {
  local pid
  if pid=$(server_pid 1); then
    send TERM "$pid"
  else
    kill -TERM "$1" 2>/dev/null || true
  fi
}

send() { kill -s "$1" -- "$2" 2>/dev/null || as_root "stops the server" kill -s "$1" -- "$2" 2>/dev/null; }

# terminate PID: SIGTERM, and SIGKILL where that does not help.
terminate() {
  local pid=$1 end=$((SECONDS + stop_patience))
  is_server_process "$pid" || return 0
  send TERM "$pid" || [[ ! -d /proc/$pid ]] || fail "the server (process $pid) belongs to another user; stop it with: sudo $root/sandbox down --data $data"
  while is_server_process "$pid"; do
    if ((SECONDS >= end)); then
      warn "the server did not stop within $stop_patience s and is killed; the next start takes up what it left"
      send KILL "$pid" || true
      break
    fi
    sleep 0.05
  done
}

stop_server() {
  local pid member stopped=''
  while (($#)); do
    case $1 in
      --data) (($# > 1)) || fail_usage "--data needs a folder"; use_data "$2"; shift ;;
      --data=*) use_data "${1#*=}" ;;
      -h | --help) usage; return ;;
      *) fail_usage "down does not know '$1'" ;;
    esac
    shift
  done
  for ((member = 1; member <= most_members; member++)); do
    pid=$(server_pid "$member") || continue
    terminate "$pid"
    stopped=1
  done
  [[ -n $stopped ]] && say "Stopped." || say "No server is up for $data."
}
