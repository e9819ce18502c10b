# Bash kernel: waits for code and becomes a shell that runs it, or a session (bash_session.sh) that runs step after step.
#
# Descriptor 3 is a stream to the agent.
#   to the agent:    {"type":"ready"}                  a line, once code is waited for
#   from the agent:  kind NUL length NUL, and then that many bytes: of a job
#                    cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code
LC_ALL=C

# One argument of a program may have 128 KiB.
longest=131000

printf '{"type":"ready"}\n' >&3
word() { IFS= read -r -d '' "$1" <&3; }
word kind
word length
if [[ $kind == step ]]; then
    unset LC_ALL longest kind length
    unset -f word
    . "${BASH_SOURCE[0]%/*}/bash_session.sh"
    exit
fi

word cwd && cd -- "$cwd" || exit 126
word count
arguments=()
for ((; count > 0; count--)); do word argument; arguments+=("$argument"); done
word count
variables=()
for ((; count > 0; count--)); do word variable; variables+=("$variable"); done
word length
IFS= read -r -N "$length" code <&3
exec 3>&-

if ((length <= longest)); then
    exec env "${variables[@]}" bash -c "$code" main.sh "${arguments[@]}"
fi

# Too long to be an argument: the shell reads it from a file that has no name any more, in its first line so that errors
# name the right one.
file=$(mktemp) && printf '%s' "$code" >"$file" && exec 3<"$file" && rm -f -- "$file"
exec env "${variables[@]}" bash -c 'eval "exec 3<&-; $(cat <&3)"' main.sh "${arguments[@]}"
