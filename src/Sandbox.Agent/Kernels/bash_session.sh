# What a bash kernel becomes by its first step: a shell that keeps variables, functions, options and folder.
#
# Beside what bash.sh says, descriptor 3 carries
#   to the agent:    {"type":"done","step":id,"exitCode":number}     a step is over
#   from the agent:  step: id NUL cwd NUL envc NUL (NAME=VALUE NUL)* length NUL length NUL code standard-input
#
# Names that begin with __sandbox_ are the kernel's. The code of a step shares the shell with it, and may have set options
# and defined functions of any name.

# An interrupt that comes too early or too late means nothing; it must not end the shell.
trap '' INT

__sandbox_session=${BASH_SOURCE[0]}
__sandbox_step=${BASH_SOURCE[0]%/*}/bash_step.sh
__sandbox_options=

# Every command from here on returns from where it is, function after function, until the step is left.
__sandbox_leave='[[ ${BASH_SOURCE[0]} == "$__sandbox_session" ]] || return 130'
__sandbox_interrupt="set +e -T; trap '$__sandbox_leave' DEBUG; $__sandbox_leave"

__sandbox_word() { IFS= builtin read -r -d '' "$1" <&3; }

# Reads so many bytes into a variable. Zero bytes, which a shell cannot hold, are left out.
__sandbox_bytes() {
    local LC_ALL=C __sandbox_left=$2 __sandbox_piece
    builtin printf -v "$1" ''
    if ((__sandbox_left > 2048)); then
        { builtin printf -v "$1" '%s' "$(command -p head -c "$2" <&3; builtin printf .)"; } 2>/dev/null
        builtin printf -v "$1" '%s' "${!1%.}"
        return
    fi
    while ((__sandbox_left > 0)); do
        IFS= builtin read -r -d '' -n "$__sandbox_left" __sandbox_piece <&3 || return
        builtin printf -v "$1" '%s%s' "${!1}" "$__sandbox_piece"
        ((__sandbox_left -= ${#__sandbox_piece} < __sandbox_left ? ${#__sandbox_piece} + 1 : ${#__sandbox_piece}))
    done
}

# The next step; false where the agent is gone.
__sandbox_next() {
    local __sandbox_kind __sandbox_length __sandbox_cwd __sandbox_input_length
    if [[ -z ${__sandbox_id-} ]]; then
        # The first one's frame has been read already.
        __sandbox_kind=step
    else
        __sandbox_word __sandbox_kind && __sandbox_word __sandbox_length || return
    fi
    __sandbox_word __sandbox_id && __sandbox_word __sandbox_cwd || return
    __sandbox_take_variables
    __sandbox_word __sandbox_length && __sandbox_word __sandbox_input_length || return
    __sandbox_bytes __sandbox_code "$__sandbox_length"
    [[ -z $__sandbox_options ]] || __sandbox_code="{ set -$__sandbox_options; } 2>/dev/null; $__sandbox_code"
    __sandbox_take_input "$__sandbox_input_length"
    [[ -z $__sandbox_cwd ]] || builtin cd -- "$__sandbox_cwd" || exit 126
}

# Standard input is a file without a name: a step that does not read it leaves nothing for the next one. No file where there
# is no room for it; all of it is read even then, because the next request follows.
__sandbox_take_input() {
    __sandbox_input=/dev/null
    (($1 > 0)) || return 0
    __sandbox_input=$(command -p mktemp 2>/dev/null)
    command -p head -c "$1" <&3 | command -p tee -- "${__sandbox_input:-/dev/full}" >/dev/null 2>&1 && return
    [[ -z $__sandbox_input ]] || command -p rm -f -- "$__sandbox_input"
    __sandbox_input=
}

# Sets the step's variables, and remembers what they were.
__sandbox_take_variables() {
    local __sandbox_count __sandbox_variable __sandbox_name
    __sandbox_names=() __sandbox_values=() __sandbox_states=()
    __sandbox_word __sandbox_count
    for ((; __sandbox_count > 0; __sandbox_count--)); do
        __sandbox_word __sandbox_variable
        __sandbox_name=${__sandbox_variable%%=*}
        # A shell has no other names; its own ones stay.
        [[ $__sandbox_name =~ ^[A-Za-z_][A-Za-z_0-9]*$ && $__sandbox_name != __sandbox_* ]] || continue
        __sandbox_names+=("$__sandbox_name")
        __sandbox_values+=("${!__sandbox_name-}")
        if [[ ! -v $__sandbox_name ]]; then
            __sandbox_states+=(unset)
        elif [[ ${!__sandbox_name@a} == *x* ]]; then
            __sandbox_states+=(exported)
        else
            __sandbox_states+=(own)
        fi
        builtin export "$__sandbox_variable"
    done 2>/dev/null
    # The function for the shared memory of a workflow, once.
    [[ -z ${SANDBOX_MEMORY_URL-} ]] || builtin declare -F memory >/dev/null || . "${BASH_SOURCE[0]%/*}/../memory/sandbox_memory.sh"
}

__sandbox_restore_variables() {
    local __sandbox_i
    for __sandbox_i in "${!__sandbox_names[@]}"; do
        case ${__sandbox_states[__sandbox_i]} in
            unset) builtin unset -v "${__sandbox_names[__sandbox_i]}" ;;
            own) builtin export -n "${__sandbox_names[__sandbox_i]}=${__sandbox_values[__sandbox_i]}" ;;
            exported) builtin export "${__sandbox_names[__sandbox_i]}=${__sandbox_values[__sandbox_i]}" ;;
        esac
    done 2>/dev/null
}

__sandbox_open_input() {
    exec {__sandbox_stdin}<"$__sandbox_input"
    [[ $__sandbox_input == /dev/null ]] || command -p rm -f -- "$__sandbox_input"
}

BASH_ARGV0=bash
while __sandbox_next; do
    if [[ -z $__sandbox_input ]]; then
        __sandbox_restore_variables
        builtin printf 'bash: /tmp has no room for the standard input of this step\n' >&2
        builtin printf '{"type":"done","step":"%s","exitCode":1}\n' "$__sandbox_id" >&3
        continue
    fi
    __sandbox_open_input
    trap "$__sandbox_interrupt" INT
    # Neither the code nor what it starts has the kernel's descriptors; that of the input is closed for good.
    . "$__sandbox_step" <&"$__sandbox_stdin" {__sandbox_stdin}<&- 3>&-
    { __sandbox_status=$? __sandbox_options=${-//[^exu]/}; set +exu; } 2>/dev/null
    trap '' INT
    # An interrupt's, or the code's own, which would go off for the kernel's commands.
    trap - DEBUG
    set +T
    __sandbox_restore_variables
    builtin printf '{"type":"done","step":"%s","exitCode":%d}\n' "$__sandbox_id" "$__sandbox_status" >&3
done
