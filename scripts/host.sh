# shellcheck shell=bash
# What the host must have: packages, the .NET SDK, and root for what only root can do.

stamps=$root/artifacts/stamps
logs=$root/artifacts/logs

# Command or file that shows that a package is there | the package | what it is for.
build_packages=(
  'gcc|gcc|linking of native programs'
  '/usr/include/stdio.h|libc6-dev|linking of native programs'
  '/etc/ssl/certs/ca-certificates.crt|ca-certificates|downloads of .NET packages'
)
# The sandboxes see the host's /usr: an interpreter elsewhere does not count.
sandbox_packages=(
  'runc|runc|sandboxes'
  '/usr/bin/python3|python3|language python'
  '/usr/bin/node|nodejs|language javascript'
)
# What the tests want to see work inside of sandboxes.
test_packages=(
  '/usr/lib/python3/dist-packages/matplotlib|python3-matplotlib|tests of figures'
  '/usr/lib/python3/dist-packages/pandas|python3-pandas|tests of tables'
  'npm|npm|installing what tests need'
  '/usr/bin/chromium|chromium|tests of the dashboard'
)
optional_packages=(
  'crun|crun|faster start of sandboxes'
  'runsc|runsc|isolation "strong" (gVisor)'
)

# An ordinary user's path may lack the administrator's programs; a bare environment may lack a home.
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin
[[ -n ${HOME-} ]] || { HOME=$(getent passwd "$EUID" | cut -d: -f6) && export HOME; }

is_root() { ((EUID == 0)); }

can_sudo() {
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]
}

# as_root WHAT-FOR COMMAND...: runs a command as root, by sudo where it must.
as_root() {
  local reason=$1
  shift
  if is_root; then
    "$@"
  elif can_sudo; then
    sudo -n true 2>/dev/null || say "sudo is needed: $reason"
    sudo "$@"
  else
    return 77
  fi
}

is_present() { if [[ $1 == /* ]]; then [[ -e $1 ]]; else command -v "$1" >/dev/null; fi; }

missing_packages() {
  local entry sign package
  for entry in "$@"; do
    IFS='|' read -r sign package _ <<<"$entry"
    is_present "$sign" || printf '%s\n' "$package"
  done
}

purpose() {
  local entry package what
  for entry in "${optional_packages[@]}"; do
    IFS='|' read -r _ package what <<<"$entry"
    [[ $package == "$1" ]] && printf '%s' "$what"
  done
}

install_packages() {
  local list=$* command="apt-get install -y --no-install-recommends $*"
  command -v apt-get >/dev/null || fail "missing: $list. Install them with your distribution's package manager, then try again."
  if ! is_root && ! can_sudo; then
    say "Missing: $list. Installing needs root, and sudo cannot be used here. Run:"
    say "  sudo apt-get update && sudo $command"
    exit 1
  fi
  is_root || sudo -n true 2>/dev/null || sudo -v -p "[sudo] password of %u, to install $list: " ||
    fail "sudo refused; run: sudo $command"
  step "Reading the package lists" "$logs/apt-update.log" as_root "reads the package lists" apt-get update -q ||
    warn "the package lists could not be renewed; trying with those that are here"
  # shellcheck disable=SC2086 # the command is a list of words
  step "Installing $list" "$logs/apt-install.log" as_root "installs $list" env DEBIAN_FRONTEND=noninteractive $command
}

is_offered() { command -v apt-cache >/dev/null && [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]; }

# Packages without which everything works but for one thing, which is said.
install_optional() {
  local package
  for package in "$@"; do
    if [[ -e $stamps/without-$package ]]; then
      continue
    elif (is_root || can_sudo) && is_offered "$package" && (install_packages "$package"); then
      continue
    fi
    warn "$package is not to be had here: no $(purpose "$package")."
    [[ $package != runsc ]] || say "  gVisor's own packages: https://gvisor.dev/docs/user_guide/install/"
    mkdir -p -- "$stamps" && : >"$stamps/without-$package"
  done
}

require_sdk() {
  local wanted version
  wanted=$(sed -n 's/.*"version": *"\([0-9]*\.[0-9]*\).*/\1/p' "$root/global.json")
  if ! command -v dotnet >/dev/null && [[ -x $HOME/.dotnet/dotnet ]]; then
    PATH=$HOME/.dotnet:$PATH
  fi
  # Where the SDK is not in a standard place, the built programs find the runtime by this alone.
  if command -v dotnet >/dev/null; then
    export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")}
    [[ -e $stamps/sdk && $stamps/sdk -nt $root/global.json && $(<"$stamps/sdk") == "$DOTNET_ROOT" ]] && return
    if version=$(cd -- "$root" && dotnet --version 2>/dev/null); then
      mkdir -p -- "$stamps" && printf '%s\n' "$DOTNET_ROOT" >"$stamps/sdk"
      return
    fi
    version=$(dotnet --list-sdks 2>/dev/null | tr '\n' ' ')
  fi
  fail "the .NET $wanted SDK is needed; found: ${version:-none}. Get it by one of:
  apt-get install dotnet-sdk-$wanted       (Ubuntu; on Debian add Microsoft's packages first: https://learn.microsoft.com/dotnet/core/install/linux)
  curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel $wanted    (for you alone, in ~/.dotnet)"
}

# require PACKAGE-ENTRY...: installs what is missing, and stops where that does not help.
require() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  install_packages "${missing[@]}" || fail "${missing[*]} could not be installed"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}"
}

# What the tests need and no distribution has: each folder "clients/NAME" beside them names packages of npm in exact versions.
ensure_test_tools() {
  local package
  for package in "$root"/tests/*/*/clients/*/package.json; do
    ensure_npm_packages "$package"
  done
}

# ensure_npm_packages FILE: what a package.json names, in artifacts/tools under the name of its folder; anew when it has changed.
ensure_npm_packages() {
  local name folder
  name=$(basename -- "$(dirname -- "$1")")
  folder=$root/artifacts/tools/$name
  ! cmp -s -- "$1" "$folder/package.json" || return 0
  rm -rf -- "$folder" "$folder.new"
  mkdir -p -- "$folder.new"
  cp -- "$1" "$folder.new/"
  step "Installing $name for the tests" "$logs/npm-$name.log" npm install --prefix "$folder.new" --ignore-scripts --no-audit --no-fund --no-package-lock ||
    fail "$name, with which tests are run, could not be installed"
  # In place whole or not at all.
  mv -- "$folder.new" "$folder"
}

ensure_build_tools() {
  require "${build_packages[@]}"
  require_sdk
}

# ensure_host [strict]: strict makes the optional packages required, which the tests need.
ensure_host() {
  local -a missing
  require "${build_packages[@]}" "${sandbox_packages[@]}"
  [[ ${1-} != strict ]] || require "${test_packages[@]}"
  require_sdk
  mapfile -t missing < <(missing_packages "${optional_packages[@]}")
  ((${#missing[@]})) || return 0
  [[ ${1-} != strict ]] || rm -f -- "$stamps"/without-*
  install_optional "${missing[@]}"
  mapfile -t missing < <(missing_packages "${optional_packages[@]}")
  [[ ${1-} != strict || ${#missing[@]} == 0 ]] || fail "the tests need ${missing[*]}, which could not be installed"
}
