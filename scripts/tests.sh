# shellcheck shell=bash
# Tests and measurements.

results=$root/artifacts/test-results

run_tests() {
  (($# == 0)) || fail_usage "test takes no arguments"
  ensure_host strict
  is_root || can_sudo || fail "the tests make real sandboxes, which needs root, and sudo cannot be used here: sudo $root/sandbox test"
  with_build_lock build_tests || exit 1
  ensure_built agent

  rm -rf -- "$results"
  mkdir -p -- "$results"
  local code=0
  # One project at a time: the tests of one shall not take the processors from those of another.
  as_root "runs the tests, which make sandboxes" env "PATH=$PATH" "HOME=$HOME" "DOTNET_ROOT=${DOTNET_ROOT-}" \
    "DOTNET_CLI_HOME=$root/artifacts/dotnet" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 "Sandbox__AgentDirectory=$published/agent" \
    dotnet test --solution "$root/Sandbox.sln" -c Release --no-build --max-parallel-test-modules 1 \
    --report-xunit-trx --results-directory "$results" </dev/null || code=$?
  give_back
  summarise "$code"
}

build_tests() {
  step "Building everything, warnings as errors" "$logs/build-tests.log" \
    dotnet build "$root/Sandbox.sln" -c Release -warnaserror --nologo
}

# What root made below artifacts/ belongs to the caller again.
give_back() { is_root || as_root "gives the test results to $(id -un)" chown -R "$(id -u):$(id -g)" "$root/artifacts"; }

# Adds up the counters of all result files; the last line is the sum alone.
summarise() {
  local code=$1 file text passed=0 failed=0 skipped=0
  for file in "$results"/*.trx; do
    [[ -e $file ]] || continue
    text=$(grep -m1 -o '<Counters [^>]*>' -- "$file") || continue
    passed=$((passed + $(counter "$text" passed)))
    failed=$((failed + $(counter "$text" failed) + $(counter "$text" error) + $(counter "$text" timeout) + $(counter "$text" aborted)))
    skipped=$((skipped + $(counter "$text" total) - $(counter "$text" executed)))
  done
  if ((passed + failed == 0)); then
    say "No test was run."
    code=1
  elif ((failed && code == 0)); then
    code=1
  fi
  ((code == 0)) || say "Results: $results"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  return "$code"
}

counter() { [[ $1 =~ [[:space:]]$2=\"([0-9]+)\" ]] && printf '%s' "${BASH_REMATCH[1]}" || printf 0; }

run_bench() {
  [[ -e $root/bench/Sandbox.Bench/Sandbox.Bench.csproj ]] || fail "bench/Sandbox.Bench is not in this clone"
  ensure_host
  ensure_root_for_server
  ensure_built agent api cli
  if is_root; then
    exec dotnet run -c Release --project "$root/bench/Sandbox.Bench" -- "$@"
  fi
  step "Building the measurements" "$logs/build-bench.log" dotnet build "$root/bench/Sandbox.Bench" -c Release --nologo || exit 1
  as_root "measures sandboxes, which only root can make" env "PATH=$PATH" "HOME=$HOME" "DOTNET_ROOT=${DOTNET_ROOT-}" \
    dotnet run -c Release --no-build --project "$root/bench/Sandbox.Bench" -- "$@"
}
