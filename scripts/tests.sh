# shellcheck shell=bash
# Tests and measurements.

results=$root/artifacts/test-results

# What runs beside real processes on a busy machine may fail for want of time. So many tests, none of which kills anything, are
# run once more, alone; that this was needed is told. Promises about crashes have to hold the first time.
most_again=3
again=0

run_tests() {
  (($# == 0)) || fail_usage "test takes no arguments"
  ensure_host strict
  is_root || can_sudo || fail "the tests make real sandboxes, which needs root, and sudo cannot be used here: sudo $root/sandbox test"
  with_build_lock prepare_tests || exit 1
  ensure_built agent

  rm -rf -- "$results"
  mkdir -p -- "$results"
  local code=0
  # One project at a time: the tests of one shall not take the processors from those of another.
  as_root "runs the tests, which make sandboxes" env "PATH=$PATH" "HOME=$HOME" "DOTNET_ROOT=${DOTNET_ROOT-}" \
    "DOTNET_CLI_HOME=$root/artifacts/dotnet" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 "Sandbox__AgentDirectory=$published/agent" \
    dotnet test --solution "$root/Sandbox.sln" -c Release --no-build --max-parallel-test-modules 1 --timeout 30m \
    --report-xunit-trx --results-directory "$results" </dev/null || code=$?
  # 2: tests failed, and nothing else did.
  if ((code == 2)) && run_again; then code=0; fi
  give_back
  summarise "$code"
}

# Runs the failed tests once more, each alone; succeeds where all of them pass then.
run_again() {
  local test all_passed=0
  local -a failed
  mapfile -t failed < <(failed_tests)
  ((${#failed[@]} > 0 && ${#failed[@]} <= most_again)) || return 1
  [[ ! ${failed[*]} =~ Kill ]] || return 1
  for test in "${failed[@]}"; do
    if run_alone "$test"; then
      say "FLAKY: $test failed, and passed when it was run again."
      again=$((again + 1))
    else
      all_passed=1
    fi
  done
  return "$all_passed"
}

# Names of the tests that failed, without the arguments of each case. None where something failed that is no test.
failed_tests() {
  local file
  for file in "$results"/*.trx; do
    # A file of a project whose tests all passed has none.
    { grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' -- "$file" || true; } | sed -E 's/.* testName="([A-Za-z0-9_.]+).*/\1/'
  done | sort -u
}

# run_alone NAME: all cases of one test, in a process of their own.
run_alone() {
  local project
  project=$(cut -d. -f1-3 <<<"$1")
  as_root "runs a test again" env "PATH=$PATH" "HOME=$HOME" "DOTNET_ROOT=${DOTNET_ROOT-}" "Sandbox__AgentDirectory=$published/agent" \
    dotnet exec "$root/artifacts/bin/$project/release/$project.dll" -method "$1" </dev/null
}

# What npm loads comes while the compilers work.
prepare_tests() {
  local tools
  ensure_test_tools &
  tools=$!
  build_tests || { wait "$tools"; return 1; }
  wait "$tools"
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
  if ((again > 0 && code == 0)); then
    passed=$((passed + failed)) failed=0
  fi
  if ((passed + failed == 0)); then
    say "No test was run."
    code=1
  elif ((failed && code == 0)); then
    code=1
  fi
  ((code == 0)) || say "Results: $results"
  ((again == 0)) || say "$again flaky: see FLAKY above"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  return "$code"
}

counter() { [[ $1 =~ [[:space:]]$2=\"([0-9]+)\" ]] && printf '%s' "${BASH_REMATCH[1]}" || printf 0; }

run_bench() {
  [[ -e $root/bench/Sandbox.Bench/Sandbox.Bench.csproj ]] || fail "bench/Sandbox.Bench is not in this clone"
  ensure_host
  ensure_root_for_server
  ensure_built agent api cli
  ensure_npm_packages "$root/tests/Sandbox.EndToEnd.Tests/E2b/clients/e2b-2.51.0/package.json"
  if is_root; then
    exec dotnet run -c Release --project "$root/bench/Sandbox.Bench" -- "$@"
  fi
  step "Building the measurements" "$logs/build-bench.log" dotnet build "$root/bench/Sandbox.Bench" -c Release --nologo || exit 1
  as_root "measures sandboxes, which only root can make" env "PATH=$PATH" "HOME=$HOME" "DOTNET_ROOT=${DOTNET_ROOT-}" \
    dotnet run -c Release --no-build --project "$root/bench/Sandbox.Bench" -- "$@"
}
