# shellcheck shell=bash
# Builds the programs when their sources have changed since the last time.

published=$root/artifacts/publish
declare -A projects=([api]=Sandbox.Api [agent]=Sandbox.Agent [cli]=Sandbox.Cli)
declare -A titles=([api]='Building the server' [agent]='Building the agent' [cli]='Building the command line')
declare -A programs=([api]=Sandbox.Api [agent]=sandbox-agent [cli]=sandbox)

program() { printf '%s/%s/%s' "$published" "$1" "${programs[$1]}"; }

# The folders of a project and of the projects that it refers to.
closure() {
  local -a queue=("$1")
  local -A seen=()
  local project text
  while ((${#queue[@]})); do
    project=${queue[0]}
    queue=("${queue[@]:1}")
    [[ -z ${seen[$project]-} && -e $root/src/$project/$project.csproj ]] || continue
    seen[$project]=1
    text=$(<"$root/src/$project/$project.csproj")
    while [[ $text =~ ProjectReference\ Include=\"[^\"]*[/\\]([A-Za-z0-9.]+)\.csproj(.*) ]]; do
      queue+=("${BASH_REMATCH[1]}")
      text=${BASH_REMATCH[2]}
    done
  done
  printf 'src/%s\n' "${!seen[@]}" | sort
}

# Names, sizes and times of all that goes into a program: quick, and needs no version control.
fingerprint() {
  local -a inputs
  mapfile -t inputs < <(closure "${projects[$1]}")
  (
    cd -- "$root" || exit
    find "${inputs[@]}" sql src/Directory.Build.props Directory.Build.props Directory.Packages.props global.json \
      -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort | sha256sum
  )
}

is_built() { [[ -x $(program "$1") && -e $stamps/$1 && $(<"$stamps/$1") == "$(fingerprint "$1")" ]]; }

publish() {
  local name=$1 before
  is_built "$name" && return
  [[ -e $root/src/${projects[$name]}/${projects[$name]}.csproj ]] || fail "src/${projects[$name]} is not in this clone; is it complete?"
  # Taken before: what changes during the build counts as not built.
  before=$(fingerprint "$name")
  rm -rf -- "$published/.$name" "$published/.$name.old"
  step "${titles[$name]}" "$logs/build-$name.log" \
    dotnet publish "$root/src/${projects[$name]}" -c Release -o "$published/.$name" --nologo || exit 1
  [[ -x $published/.$name/${programs[$name]} ]] || fail "the build left no ${programs[$name]}; its log: $logs/build-$name.log"
  # Put in place whole: a server that runs from the old files keeps them.
  [[ ! -e $published/$name ]] || mv -- "$published/$name" "$published/.$name.old"
  mv -- "$published/.$name" "$published/$name"
  rm -rf -- "$published/.$name.old"
  mkdir -p -- "$stamps"
  printf '%s\n' "$before" >"$stamps/$name"
}

# One build at a time in a clone; whoever comes second finds it done.
with_build_lock() {
  if ! mkdir -p -- "$stamps" "$logs" "$published" || [[ ! -w $root/artifacts || ! -w $stamps || ! -w $published ]]; then
    fail "$root/artifacts is not writable by $(id -un); it may have been made as another user: sudo chown -R $(id -un) $root/artifacts"
  fi
  (
    flock -n 9 || { say "Waiting for another ./sandbox to finish building ..."; flock 9; }
    # Compilers stay in the background for later builds: they must not inherit the lock.
    "$@" 9>&-
  ) 9>"$root/artifacts/.lock"
}

# ensure_built NAME...: with all that building needs.
ensure_built() {
  local name stale=()
  for name in "$@"; do
    is_built "$name" || stale+=("$name")
  done
  if ((${#stale[@]})); then
    with_build_lock build_all "${stale[@]}" || exit 1
  fi
}

build_all() {
  local name
  ensure_build_tools
  for name in "$@"; do
    publish "$name"
  done
}
